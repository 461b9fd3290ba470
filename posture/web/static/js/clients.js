// The list of clients: searching while one types, and adding a client.

import { api, wireDialogs } from "/static/js/api.js";
import { clientOf, consentsOf, onSubmit } from "/static/js/forms.js";

wireDialogs();

let client = null; // made already, where only a consent of theirs could not be kept
onSubmit(document.querySelector("#add-client form"), async (form) => {
  const given = clientOf(form);
  const consents = consentsOf(form);
  client = client
    ? await api("PATCH", `/api/v1/clients/${client.id}`, { version: client.version, ...given })
    : await api("POST", "/api/v1/clients", given);
  const kept = client.consents.map((one) => one.scope);
  for (const consent of consents) {
    if (!kept.includes(consent.scope)) await api("POST", `/api/v1/clients/${client.id}/consents`, consent);
  }
  location.assign(`/clients/${client.id}`);
});

const search = document.getElementById("search");
const box = search.elements.q;
let asked = 0;
let pause;

async function find() {
  const mine = ++asked;
  const address = `/?q=${encodeURIComponent(box.value.trim())}`;
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!found.getElementById("results")) {
    location.reload(); // no list came: the session has ended, and the page says how to begin anew
    return;
  }
  for (const id of ["results", "count"]) document.getElementById(id).replaceWith(found.getElementById(id));
  wireDialogs(document.getElementById("results"));
}

box.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(find, 180);
});
search.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
