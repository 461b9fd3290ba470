// A sitting assessment or a range-of-motion test: photos dropped in or picked, sent, and measured.

import { api, fill, say, texts } from "/static/js/api.js";
import { told } from "/static/js/forms.js";
import { onPicked, waitingPanel, wireDrop } from "/static/js/dropping.js";
import { followJob, sendPhoto } from "/static/js/sending.js";

const form = document.getElementById("further");
const go = document.getElementById("go");
const slots = [...form.querySelectorAll(".slot")];
const files = new Map();
const sent = new Set();
const nameOf = { neutral: /neutral/i, end: /(^|[^a-z])end([^a-z]|$)/i, side: /side|left|right|seite/i, front: /front|vorn/i };
let further = form.dataset.further;

const roleOf = (slot) => slot.dataset.role;
const filled = (slot) => files.has(slot) || Boolean(slot.dataset.photo);
const chosenTest = () => form.querySelector('input[name="test"]:checked');
const needed = () => slots.filter((slot) => slot.hasAttribute("data-needed") && !slot.hidden);

function refresh() {
  for (const slot of slots) slot.classList.toggle("has-photo", filled(slot));
  const lacksTest = form.querySelector('input[name="test"]') && !chosenTest();
  go.disabled = Boolean(lacksTest) || !needed().every(filled);
}

function complain(slot, text) {
  const place = slot.querySelector("[data-problem]");
  place.textContent = text || "";
  place.hidden = !text;
}

function put(slot, file) {
  const image = slot.querySelector(".frame img");
  if (image.dataset.made) URL.revokeObjectURL(image.src);
  files.set(slot, file);
  sent.delete(slot);
  complain(slot, "");
  slot.querySelector("[data-file]").textContent = file.name;
  slot.querySelector("[data-remove]").hidden = false;
  image.onerror = () => {
    image.hidden = true;
    slot.querySelector("[data-file]").textContent = fill(texts.preview_later, { name: file.name });
  };
  image.dataset.made = "1";
  image.hidden = false;
  image.src = URL.createObjectURL(file);
  const folded = slot.closest("details");
  if (folded) folded.open = true;
  refresh();
}

/** Take a file out again, from the program too if it is there already. */
async function take(slot) {
  if (slot.dataset.photo) {
    try {
      await api("DELETE", `/api/v1/further-photos/${slot.dataset.photo}`);
    } catch (error) {
      complain(slot, told(error));
      return;
    }
    delete slot.dataset.photo;
  }
  const image = slot.querySelector(".frame img");
  if (image.dataset.made) URL.revokeObjectURL(image.src);
  delete image.dataset.made;
  image.hidden = true;
  image.removeAttribute("src");
  files.delete(slot);
  sent.delete(slot);
  complain(slot, "");
  slot.querySelector("[data-file]").textContent = "";
  slot.querySelector("[data-remove]").hidden = true;
  slot.querySelector("input").focus();
  refresh();
}

/** Put files into the free places: by their names where these tell, else in their order. */
function give(list) {
  const given = [...list];
  const named = (file, slot) => nameOf[roleOf(slot).split("_")[0]]?.test(file.name);
  for (const file of given) {
    const free = slots.filter((slot) => !slot.hidden && !filled(slot));
    const place = free.find((slot) => named(file, slot)) || free[0];
    if (!place) {
      say(fill(texts.too_many_here, { count: given.length, places: slots.length }));
      return;
    }
    put(place, file);
  }
}

wireDrop({
  give,
  into(slot, [first, ...others]) {
    if (first) put(slot, first);
    give(others);
  },
});

for (const slot of slots) {
  onPicked(slot.querySelector("input"), ([file]) => put(slot, file));
  slot.querySelector("[data-remove]").addEventListener("click", () => take(slot));
}

/** Tell at the photos how the chosen test is photographed. */
function showTest() {
  const test = chosenTest();
  if (!test) return refresh();
  for (const slot of slots) {
    const step = roleOf(slot).split("_")[0];
    slot.querySelector("[data-how]").textContent = test.dataset[step];
    const figure = step === "neutral" ? test.dataset.figure : test.value;
    slot.querySelector(".outline use").setAttribute("href", `#figure-${figure}`);
    if (roleOf(slot).startsWith("neutral")) slot.toggleAttribute("data-needed", roleOf(slot) === "neutral" && test.dataset.needsNeutral === "yes");
    slot.hidden = roleOf(slot) === "neutral_other" && test.dataset.seen !== "side";
  }
  for (const place of form.querySelectorAll("[data-limits]")) place.textContent = test.dataset.limits;
  refresh();
}
for (const radio of form.querySelectorAll('input[name="test"]')) radio.addEventListener("change", showTest);

// ---- sending and waiting -----------------------------------------------------------------

const { begin, progress, fail } = waitingPanel(refresh);

async function sendAll() {
  const waiting = slots.filter((slot) => files.has(slot) && !sent.has(slot) && !slot.hidden);
  for (const [index, slot] of waiting.entries()) {
    const text = fill(texts.uploading, { index: index + 1, count: waiting.length });
    try {
      const photo = await sendPhoto(`/api/v1/further/${further}/photos`, {
        role: roleOf(slot),
        file: files.get(slot),
        replace: Boolean(slot.dataset.photo),
        onShare: (share) => progress((40 * (index + share)) / waiting.length, text),
      });
      slot.dataset.photo = photo.id;
      sent.add(slot);
    } catch (error) {
      complain(slot, told(error));
      slot.scrollIntoView({ block: "center" });
      throw error;
    }
  }
}

const asked = () => ({ test: chosenTest()?.value ?? null, side: form.elements.side?.value || null });
let kept = JSON.stringify(asked());

/** Keep the assessment, if it is not kept yet. One of another test or side is made anew. */
async function keep() {
  const told = { taken: form.elements.taken.value, note: form.elements.note.value.trim() };
  if (further && kept !== JSON.stringify(asked())) {
    await api("DELETE", `/api/v1/further/${further}`);
    for (const slot of slots) delete slot.dataset.photo;
    sent.clear();
    further = "";
  }
  if (further) {
    const { version } = await api("GET", `/api/v1/further/${further}`);
    await api("PATCH", `/api/v1/further/${further}`, { version, ...told });
  } else {
    const place = `/api/v1/clients/${form.dataset.client}/further`;
    const made = await api("POST", place, { kind: form.dataset.kind, ...told, ...asked() });
    further = made.id;
    kept = JSON.stringify(asked());
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  go.disabled = true;
  begin(texts.wait_files);
  try {
    await keep();
    await sendAll();
    followJob(await api("POST", `/api/v1/further/${further}/measure`), {
      onStep: (share, text) => progress(40 + 60 * share, text),
      onDone: () => location.assign(`/further/${further}`),
      onFailed: fail,
    });
  } catch (error) {
    fail(told(error));
  }
});

showTest();
