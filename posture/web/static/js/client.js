// One client: facts, consents, and deletion with a receipt.

import { api, say, texts, wireDialogs } from "/static/js/api.js";
import { clientOf, consentsOf, onSubmit, told, TypedError } from "/static/js/forms.js";

wireDialogs();

onSubmit(document.querySelector("#edit-client form"), async (form) => {
  const given = clientOf(form);
  if (!given.code) throw new TypedError(form.elements.code, texts.required);
  await api("PATCH", `/api/v1/clients/${form.dataset.client}`, { version: Number(form.dataset.version), ...given });
  location.reload();
});

onSubmit(document.querySelector("#add-consent form"), async (form) => {
  const consents = consentsOf(form);
  if (!consents.length) throw new TypedError(form.querySelector('input[name="scope"]'), texts.required);
  for (const consent of consents) await api("POST", `/api/v1/clients/${form.dataset.client}/consents`, consent);
  location.reload();
});

for (const button of document.querySelectorAll("[data-withdraw]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const today = new Date();
      today.setMinutes(today.getMinutes() - today.getTimezoneOffset());
      await api("PATCH", `/api/v1/consents/${button.dataset.withdraw}`, { withdrawn: today.toISOString().slice(0, 10) });
      location.reload();
    } catch (error) {
      button.disabled = false;
      say(told(error));
    }
  });
}

const deletion = document.querySelector("#delete-client form");
const confirm = deletion.elements.confirm;
confirm.addEventListener("input", () => {
  deletion.querySelector('[type="submit"]').disabled = confirm.value.trim() !== deletion.dataset.code;
});

onSubmit(deletion, async (form) => {
  if (confirm.value.trim() !== form.dataset.code) throw new TypedError(confirm, texts.required);
  const receipt = await api("DELETE", `/api/v1/clients/${form.dataset.client}`);
  document.getElementById("delete-client").close();
  const facts = [
    [texts.deleted_at, new Date(receipt.at).toLocaleString(document.documentElement.lang)],
    [texts.deleted_rows, receipt.rows.visits ?? 0],
    [texts.deleted_photos, receipt.photos.length],
    [texts.deleted_derived, receipt.derived],
  ];
  if (receipt.photos_kept.length) facts.push([texts.deleted_kept, receipt.photos_kept.length]);
  if (receipt.remains.length) facts.push([texts.remains, receipt.remains.join("; ")]);
  const list = document.querySelector("[data-receipt]");
  for (const [name, value] of facts) {
    const term = document.createElement("dt");
    term.textContent = name;
    const fact = document.createElement("dd");
    fact.textContent = value;
    list.append(term, fact);
  }
  const dialog = document.getElementById("receipt");
  dialog.addEventListener("close", () => location.assign("/"));
  dialog.showModal();
});
