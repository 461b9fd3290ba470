// A new visit: photos dropped in, picked or taken here, sent, and measured while one waits.

import { api, ApiError, fill, problemOf, say, texts, wireDialogs } from "/static/js/api.js";
import { told } from "/static/js/forms.js";
import { openCamera } from "/static/js/camera.js";

const ROLES = ["front", "side", "back"];
const form = document.getElementById("new-visit");
const go = document.getElementById("go");
const slots = Object.fromEntries([...document.querySelectorAll(".slot")].map((slot) => [slot.dataset.role, slot]));
const files = {};
const sent = {};
let visit = form.dataset.visit;

function show(role) {
  const slot = slots[role];
  const image = slot.querySelector(".frame img");
  const note = slot.querySelector("[data-file]");
  const file = files[role];
  slot.querySelector(".filled").hidden = !file;
  slot.classList.toggle("has-photo", Boolean(file || slot.dataset.photo));
  slot.querySelector("select").value = role;
  if (image.dataset.made) URL.revokeObjectURL(image.src);
  delete image.dataset.made;
  if (file) {
    note.textContent = file.name;
    image.onerror = () => {
      image.hidden = true;
      note.textContent = fill(texts.preview_later, { name: file.name });
    };
    image.dataset.made = "1";
    image.hidden = false;
    image.src = URL.createObjectURL(file);
  } else if (slot.dataset.photo) {
    image.hidden = false;
    image.src = `/api/v1/photos/${slot.dataset.photo}/image?width=600`;
    note.textContent = texts.photo_there;
  } else {
    image.hidden = true;
    image.removeAttribute("src");
    note.textContent = "";
  }
  go.disabled = !ROLES.some((name) => files[name] || slots[name].dataset.photo);
}

function complain(role, text) {
  const place = slots[role].querySelector("[data-problem]");
  place.textContent = text || "";
  place.hidden = !text;
}

function put(role, file) {
  files[role] = file;
  delete sent[role];
  complain(role, "");
  show(role);
}

/** Remove what was sent already for a place, if anything was. Returns whether that worked. */
async function takeBack(role) {
  if (!sent[role]) return true;
  try {
    await api("DELETE", `/api/v1/photos/${slots[role].dataset.photo}`);
  } catch (error) {
    complain(role, told(error));
    return false;
  }
  delete sent[role];
  delete slots[role].dataset.photo;
  return true;
}

/** Put files into the free places, in their order. */
function give(list) {
  const given = [...list];
  if (!given.length) return;
  const free = ROLES.filter((role) => !files[role] && !slots[role].dataset.photo);
  const places = free.length ? free : [...ROLES];
  if (given.length > places.length) say(fill(texts.too_many_photos, { count: given.length, used: places.length }));
  given.slice(0, places.length).forEach((file, index) => put(places[index], file));
}

document.getElementById("files").addEventListener("change", (event) => {
  give(event.target.files);
  event.target.value = "";
});

const drop = document.getElementById("drop");
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    if (kind === "drop" || !event.relatedTarget) drop.classList.remove("is-over");
  });
}
document.addEventListener("drop", (event) => give(event.dataTransfer?.files || []));

for (const role of ROLES) {
  const slot = slots[role];
  slot.querySelector("[data-pick] input").addEventListener("change", (event) => {
    if (event.target.files[0]) put(role, event.target.files[0]);
    event.target.value = "";
  });
  slot.querySelector("[data-remove]").addEventListener("click", async () => {
    if (!(await takeBack(role))) return;
    delete files[role];
    complain(role, "");
    show(role);
    slot.querySelector("[data-camera]").focus();
  });
  slot.querySelector("select").addEventListener("change", async (event) => {
    const other = event.target.value;
    const [mine, theirs] = [files[role], files[other]];
    if (!(await takeBack(role)) || !(await takeBack(other))) {
      event.target.value = role;
      return;
    }
    if (theirs) put(role, theirs);
    else {
      delete files[role];
      show(role);
    }
    put(other, mine);
    slots[other].querySelector("select").focus();
  });
  slot.querySelector("[data-camera]").addEventListener("click", () => openCamera(role, slot.dataset.ghost, (file) => put(role, file)));
}

// ---- sending and waiting -----------------------------------------------------------------

const working = document.getElementById("working");
const bar = document.getElementById("bar");
const step = document.getElementById("step");
const failed = document.getElementById("failed");

function progress(share, text) {
  bar.value = share;
  if (step.textContent !== text) step.textContent = text;
}

function fail(text) {
  working.hidden = true;
  go.disabled = false;
  failed.textContent = text;
  failed.hidden = false;
  failed.focus();
}

/** Send one photo, telling how much of it is there. */
function upload(role, onShare) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("role", role);
    if (slots[role].dataset.photo) body.append("replace", "true");
    body.append("file", files[role]);
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/visits/${visit}/photos`);
    request.setRequestHeader("X-Posture", "1");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onShare(event.loaded / event.total));
    request.addEventListener("error", () => reject(new ApiError(0, texts.offline, null)));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response);
      else reject(problemOf(request.status, request.statusText, request.response));
    });
    request.send(body);
  });
}

async function sendAll() {
  const waiting = ROLES.filter((role) => files[role] && !sent[role]);
  for (const [index, role] of waiting.entries()) {
    const text = fill(texts.uploading, { index: index + 1, count: waiting.length });
    try {
      const photo = await upload(role, (share) => progress((30 * (index + share)) / waiting.length, text));
      sent[role] = true;
      slots[role].dataset.photo = photo.id;
    } catch (error) {
      complain(role, told(error));
      slots[role].scrollIntoView({ block: "center" });
      throw error;
    }
  }
}

function follow(job) {
  const events = new EventSource(`/api/v1/jobs/${job.id}/events`);
  const read = (event) => JSON.parse(event.data);
  events.addEventListener("progress", (event) => {
    const at = read(event);
    progress(30 + (70 * at.done) / Math.max(1, at.total), at.state === "queued" ? texts.queued : at.text || texts.measuring);
  });
  events.addEventListener("done", () => {
    events.close();
    location.assign(`/visits/${visit}`);
  });
  events.addEventListener("failed", (event) => {
    events.close();
    fail(read(event).message);
  });
  events.addEventListener("error", async () => {
    if (events.readyState !== EventSource.CLOSED) return;
    try {
      const now = await api("GET", `/api/v1/jobs/${job.id}`);
      if (now.state === "done") location.assign(`/visits/${visit}`);
      else if (now.state === "failed") fail(now.message);
      else setTimeout(() => follow(job), 1000);
    } catch (error) {
      fail(told(error));
    }
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  failed.hidden = true;
  go.disabled = true;
  working.hidden = false;
  document.getElementById("working-title").focus();
  progress(0, texts.wait_files);
  try {
    if (!visit) {
      const made = await api("POST", `/api/v1/clients/${form.dataset.client}/visits`, {
        taken: form.elements.taken.value,
        note: form.elements.note.value.trim(),
      });
      visit = made.id;
    }
    await sendAll();
    follow(await api("POST", `/api/v1/visits/${visit}/assess`));
  } catch (error) {
    fail(told(error));
  }
});

wireDialogs();
for (const role of ROLES) slots[role].classList.toggle("has-photo", Boolean(slots[role].dataset.photo));
