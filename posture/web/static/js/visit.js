// One visit: its note and date, the lines over the photos, deletion.

import { api, say, texts, wireDialogs } from "/static/js/api.js";
import { onSubmit } from "/static/js/forms.js";

wireDialogs();

onSubmit(document.getElementById("visit-form"), async (form) => {
  const visit = await api("PATCH", `/api/v1/visits/${form.dataset.visit}`, {
    version: Number(form.dataset.version),
    taken: form.elements.taken.value,
    note: form.elements.note.value,
  });
  form.dataset.version = visit.version;
  say(texts.saved);
});

onSubmit(document.querySelector("#delete-visit form"), async (form) => {
  await api("DELETE", `/api/v1/visits/${form.dataset.visit}`);
  location.assign(`/clients/${form.dataset.client}`);
});

document.getElementById("show-lines")?.addEventListener("change", (event) => {
  for (const drawing of document.querySelectorAll("svg.drawing")) drawing.toggleAttribute("hidden", !event.target.checked);
});
