// One visit: its note and date, the lines over the photos, deletion.

import { api, say, texts, wireDialogs } from "/static/js/api.js";
import { onSubmit } from "/static/js/forms.js";

wireDialogs();

const heading = document.querySelector(".head");
onSubmit(document.getElementById("visit-form"), async (form) => {
  const visit = await api("PATCH", `/api/v1/visits/${form.dataset.visit}`, {
    version: Number(form.dataset.version),
    taken: form.elements.taken.value,
    note: form.elements.note.value,
  });
  form.dataset.version = visit.version;
  form.elements.note.value = visit.note;
  heading.querySelector("[data-note]").textContent = visit.note;
  heading.querySelector("[data-note]").hidden = !visit.note;
  if (visit.taken !== form.dataset.taken) location.reload(); // the day stands in many places
  say(texts.saved);
});

onSubmit(document.querySelector("#delete-visit form"), async (form) => {
  await api("DELETE", `/api/v1/visits/${form.dataset.visit}`);
  location.assign(`/clients/${form.dataset.client}`);
});

// Of several photos of one view, one is shown at a time.
for (const group of document.querySelectorAll("[data-group]")) {
  const which = group.querySelector("[data-which]");
  if (!which) continue;
  const choose = () => {
    const chosen = which.querySelector("input:checked").value;
    for (const figure of group.querySelectorAll("[data-photo]")) figure.hidden = figure.dataset.photo !== chosen;
  };
  which.hidden = false;
  which.addEventListener("change", choose);
  choose();
}

const lines = document.getElementById("show-lines");
function showLines() {
  for (const drawing of document.querySelectorAll("svg.drawing")) drawing.toggleAttribute("hidden", !lines.checked);
}
if (lines) {
  lines.addEventListener("change", showLines);
  showLines(); // a browser that comes back may have kept the box as it was left
}
