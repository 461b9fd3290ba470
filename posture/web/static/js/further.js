// One further assessment: day and note, and its deletion.

import { api, wireDialogs } from "/static/js/api.js";
import { onSubmit } from "/static/js/forms.js";

wireDialogs();

onSubmit(document.getElementById("further-form"), async (form) => {
  await api("PATCH", `/api/v1/further/${form.dataset.further}`, {
    version: Number(form.dataset.version),
    taken: form.elements.taken.value,
    note: form.elements.note.value.trim(),
  });
  location.reload();
});

onSubmit(document.querySelector("#delete-further form"), async (form) => {
  await api("DELETE", `/api/v1/further/${form.dataset.further}`);
  location.assign(`/clients/${form.dataset.client}`);
});
