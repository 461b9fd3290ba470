// What the client told: safety questions, complaints, conditions, cautions and medication.

import { api, fill, texts, wireDialogs } from "/static/js/api.js";
import { onSubmit, TypedError } from "/static/js/forms.js";

const form = document.getElementById("intake");
const told = JSON.parse(document.getElementById("told").textContent);
const complaints = document.getElementById("complaints");
const places = document.getElementById("care-places");
let unsaved = false;

wireDialogs();

// ---- safety questions --------------------------------------------------------------------

const flags = [...form.querySelectorAll("[data-flag]")];
const answerOf = (flag) => flag.querySelector("input:checked")?.value ?? null;

function count() {
  const done = flags.filter(answerOf).length;
  document.getElementById("answered").textContent = fill(texts.answered, { done, count: flags.length });
  for (const flag of flags) flag.querySelector("[data-refer]").hidden = answerOf(flag) !== "yes";
}

// ---- places on the body ------------------------------------------------------------------

/** Wire the choice of a region: its side is asked for where it has one. */
function wirePlace(entry, { region = "", side = "" } = {}) {
  const where = entry.querySelector("[data-region]");
  const sides = entry.querySelector("[data-side]");
  const follow = () => {
    const paired = where.selectedOptions[0]?.hasAttribute("data-paired") ?? false;
    entry.querySelector("[data-side-field]").hidden = !paired;
    if (!paired) sides.value = "";
  };
  where.value = region;
  follow();
  if (!entry.querySelector("[data-side-field]").hidden) sides.value = side;
  where.addEventListener("change", follow);
}

/** Read a place; throws where it is wanted and missing. */
function placeOf(entry, wanted) {
  const where = entry.querySelector("[data-region]");
  const sides = entry.querySelector("[data-side]");
  if (!where.value) {
    if (wanted) throw new TypedError(where, texts.choose_place);
    return {};
  }
  if (entry.querySelector("[data-side-field]").hidden) return { region: where.value };
  if (!sides.value) throw new TypedError(sides, texts.choose_side);
  return { region: where.value, side: sides.value };
}

// ---- complaints --------------------------------------------------------------------------

function numberComplaints() {
  for (const [index, entry] of [...complaints.children].entries()) {
    const name = fill(texts.complaint, { number: index + 1 });
    entry.querySelector("legend").textContent = name;
    entry.querySelector("[data-which]").textContent = `: ${name}`;
  }
}

function addComplaint(known = {}) {
  const entry = document.getElementById("complaint").content.firstElementChild.cloneNode(true);
  const range = entry.querySelector("[data-intensity]");
  const shown = entry.querySelector("[data-intensity-told]");
  // A slider always stands somewhere; it says nothing until it was touched.
  const tell = (isStated) => {
    entry.toggleAttribute("data-stated", isStated);
    shown.textContent = isStated ? fill(texts.of_ten, { value: range.value }) : texts.not_stated;
    range.setAttribute("aria-valuetext", shown.textContent);
    if (isStated) range.removeAttribute("aria-invalid");
  };
  wirePlace(entry, known);
  range.value = known.intensity ?? 5;
  // A click or a key that leaves the value where it stood states it all the same.
  for (const kind of ["input", "pointerup"]) range.addEventListener(kind, () => tell(true));
  range.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      tell(true);
    }
  });
  tell(known.intensity !== undefined && known.intensity !== null);
  entry.querySelector("[data-weeks]").value = known.duration_weeks ?? "";
  entry.querySelector("[data-aggravating]").value = known.aggravating ?? "";
  entry.querySelector("[data-remove]").addEventListener("click", () => {
    entry.remove();
    unsaved = true;
    numberComplaints();
    document.getElementById("add-complaint").focus();
  });
  complaints.append(entry);
  numberComplaints();
  return entry;
}

function complaintOf(entry) {
  const weeks = entry.querySelector("[data-weeks]");
  const typed = weeks.value.trim().replace(",", ".");
  if (typed && !(Number(typed) >= 0)) throw new TypedError(weeks, texts.weeks);
  const place = placeOf(entry, true);
  const intensity = entry.querySelector("[data-intensity]");
  if (!entry.hasAttribute("data-stated")) throw new TypedError(intensity, texts.state_intensity);
  return {
    ...place,
    intensity: Number(intensity.value),
    ...(typed ? { duration_weeks: Number(typed) } : {}),
    aggravating: entry.querySelector("[data-aggravating]").value.trim(),
  };
}

document.getElementById("add-complaint").addEventListener("click", () => addComplaint().querySelector("[data-region]").focus());

// ---- cautions ----------------------------------------------------------------------------

/** Ask where it is, if that matters or was told. */
function addPlace(id, known) {
  if (!document.getElementById(`place-${id}`).hasAttribute("data-asked") && !known?.region) return;
  const entry = document.getElementById(`place-${id}`).content.firstElementChild.cloneNode(true);
  wirePlace(entry, known);
  places.append(entry);
}

for (const box of form.querySelectorAll('input[name="care"]')) {
  box.addEventListener("change", () => {
    if (box.checked) addPlace(box.value);
    else for (const entry of places.querySelectorAll(`[data-care="${box.value}"]`)) entry.remove();
  });
}

// ---- filling in and sending --------------------------------------------------------------

function fillIn() {
  for (const flag of flags) {
    const known = told.red_flags?.[flag.dataset.flag];
    if (typeof known === "boolean") flag.querySelector(`input[value="${known ? "yes" : "no"}"]`).checked = true;
  }
  for (const complaint of told.complaints ?? []) addComplaint(complaint);
  for (const id of told.conditions ?? []) form.querySelector(`input[name="condition"][value="${id}"]`).checked = true;
  for (const item of told.contraindications ?? []) {
    form.querySelector(`input[name="care"][value="${item.id}"]`).checked = true;
    addPlace(item.id, item);
  }
  form.elements.medication.value = (told.medication ?? []).join("\n");
  count();
}

function intakeOf() {
  const open = flags.find((flag) => !answerOf(flag));
  if (open) throw new TypedError(open.querySelector("input"), texts.answer_all);
  const ticked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);
  return {
    complaints: [...complaints.children].map(complaintOf),
    conditions: ticked("condition"),
    contraindications: ticked("care").flatMap((id) => {
      const entries = [...places.querySelectorAll(`[data-care="${id}"]`)];
      return entries.length ? entries.map((entry) => ({ id, ...placeOf(entry, "needed" in entry.dataset) })) : [{ id }];
    }),
    medication: form.elements.medication.value.split("\n").map((line) => line.trim()).filter(Boolean),
    red_flags: Object.fromEntries(flags.map((flag) => [flag.dataset.flag, answerOf(flag) === "yes"])),
  };
}

async function keep(intake) {
  await api("PUT", `/api/v1/visits/${form.dataset.visit}/intake`, { version: Number(form.dataset.version), intake });
  unsaved = false;
  location.assign(`/visits/${form.dataset.visit}`);
}

form.addEventListener("change", () => { unsaved = true; });
form.addEventListener("change", count);
onSubmit(form, () => keep(intakeOf()));
const forget = document.querySelector("#forget-intake form");
if (forget) onSubmit(forget, () => keep(null));
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

fillIn();
