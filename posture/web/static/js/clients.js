// The list of clients: searching while one types, and adding a client.

import { api, wireDialogs } from "/static/js/api.js";
import { clientOf, consentsOf, onSubmit } from "/static/js/forms.js";

wireDialogs();

onSubmit(document.querySelector("#add-client form"), async (form) => {
  const given = clientOf(form);
  const consents = consentsOf(form);
  const client = await api("POST", "/api/v1/clients", given);
  for (const consent of consents) await api("POST", `/api/v1/clients/${client.id}/consents`, consent);
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
  for (const id of ["results", "count"]) document.getElementById(id).replaceWith(found.getElementById(id));
  wireAgain();
}

function wireAgain() {
  for (const button of document.querySelectorAll("#results [data-open]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
  }
}

box.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(find, 180);
});
search.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
