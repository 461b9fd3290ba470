// A new visit: photos dropped in, picked or taken here, sent, and measured while one waits.

import { api, fill, say, texts, wireDialogs } from "/static/js/api.js";
import { told } from "/static/js/forms.js";
import { openCamera } from "/static/js/camera.js";
import { captureOf, forgetKnown, showCapture, sideShown, wireKnown } from "/static/js/capture_options.js";
import { onPicked, waitingPanel, wireDrop } from "/static/js/dropping.js";
import { followJob, sendPhoto } from "/static/js/sending.js";

const NAMES = ["front", "side", "other", "back"];
const MOST = 8;
const form = document.getElementById("new-visit");
const go = document.getElementById("go");
const slots = Object.fromEntries([...document.querySelectorAll(".slot")].map((slot) => [slot.dataset.slot, slot]));
/** Photos by place, the first of which is the one that is shown large: files, or stored ones by id. */
const items = Object.fromEntries(NAMES.map((name) => [name, slots[name].dataset.stored.split(" ").filter(Boolean).map((photo) => ({ photo }))]));
const gone = [];
let visit = form.dataset.visit;
let version = Number(form.dataset.version);

const isStored = (item) => !item.file;
const roleOf = (name) => slots[name].dataset.role;
const photosIn = (role) => NAMES.filter((name) => roleOf(name) === role).flatMap((name) => items[name]);

function addressOf(item, width) {
  if (isStored(item)) return `/api/v1/photos/${item.photo}/image${width ? `?width=${width}` : ""}`;
  item.made ||= URL.createObjectURL(item.file);
  return item.made;
}

// ---- what the page shows -------------------------------------------------------------------

function show(name) {
  const slot = slots[name];
  const [first, ...rest] = items[name];
  const image = slot.querySelector(".frame img");
  const note = slot.querySelector("[data-file]");
  slot.classList.toggle("has-photo", Boolean(first));
  slot.querySelector(".filled").hidden = !first;
  slot.querySelector(".move").hidden = !first || isStored(first);
  slot.querySelector(".another").hidden = !first || items[name].length >= MOST;
  slot.querySelector("select").value = name;
  note.textContent = !first ? "" : isStored(first) ? texts.photo_there : first.file.name;
  image.hidden = !first;
  image.onerror = () => {
    image.hidden = true;
    if (first?.file) note.textContent = fill(texts.preview_later, { name: first.file.name });
  };
  if (first) image.src = addressOf(first, 600);
  else image.removeAttribute("src");
  const list = slot.querySelector(".more-photos");
  list.hidden = !rest.length;
  list.replaceChildren(...rest.map((item, index) => listItem(name, item, index + 2)));
  go.disabled = !NAMES.some((other) => items[other].length);
  document.getElementById("several").hidden = !NAMES.some((other) => items[other].length > 1);
}

function listItem(name, item, number) {
  const named = fill(texts.further_named, { role: slots[name].dataset.name, number });
  const line = document.createElement("li");
  const image = document.createElement("img");
  image.alt = named;
  image.src = addressOf(item, 240);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button icon";
  button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>';
  button.setAttribute("aria-label", `${slots[name].querySelector("[data-remove]").firstChild.textContent}: ${named}`);
  button.addEventListener("click", () => {
    takeOut(name, item);
    slots[name].querySelector("[data-remove]").focus();
  });
  line.append(image, button);
  return line;
}

function complain(name, text) {
  const place = slots[name].querySelector("[data-problem]");
  place.textContent = text || "";
  place.hidden = !text;
}

// ---- putting photos in and taking them out ---------------------------------------------------

/** Do something to the photos of places; a length marked on a first photo goes where that changes. */
function change(names, act) {
  const before = Object.fromEntries(["front", "side", "back"].map((role) => [role, photosIn(role)[0]]));
  act();
  for (const [role, first] of Object.entries(before)) {
    if (photosIn(role)[0] !== first && first && forgetKnown(role)) say(texts.known_gone);
  }
  for (const name of names) {
    complain(name, "");
    show(name);
  }
}

function forget(item) {
  if (item.photo) gone.push(item.photo);
  if (item.made) URL.revokeObjectURL(item.made);
}

function takeOut(name, item) {
  change([name], () => items[name].splice(items[name].indexOf(item), 1));
  forget(item);
  if (isStored(item)) say(texts.will_go);
}

/** Put a file in the place of the first photo, or beside those there are. */
function put(name, file, { beside = false } = {}) {
  if (beside && items[name].length >= MOST) {
    say(fill(texts.full_view, { most: MOST }));
    return;
  }
  change([name], () => {
    if (beside) items[name].push({ file });
    else for (const former of items[name].splice(0, 1, { file })) forget(former);
  });
}

const HINTS = { front: /front|vorn|anterior/i, back: /back|rear|hinten|posterior|dorsal/i, side: /left|right|side|links|rechts|seit|lateral/i };

/** Put files into the free places: by their names where those tell, else in their order. */
function give(list) {
  const given = [...list];
  const free = () => NAMES.filter((name) => !items[name].length);
  const unnamed = [];
  for (const file of given) {
    const role = Object.keys(HINTS).find((hint) => HINTS[hint].test(file.name));
    const name = free().find((other) => roleOf(other) === role);
    if (name) put(name, file);
    else unnamed.push(file);
  }
  const order = unnamed.length + NAMES.length - free().length > 3 ? NAMES : ["front", "side", "back", "other"];
  let used = given.length - unnamed.length;
  for (const file of unnamed) {
    const name = order.find((other) => !items[other].length);
    if (!name) break;
    put(name, file);
    used += 1;
  }
  if (given.length > used) say(fill(texts.too_many_photos, { count: given.length, used }));
}

wireDrop({
  give,
  into(slot, files) {
    const name = slot.dataset.slot;
    for (const file of files) put(name, file, { beside: items[name].length > 0 });
  },
});

for (const name of NAMES) {
  const slot = slots[name];
  onPicked(slot.querySelector("[data-pick] input"), ([file]) => put(name, file));
  onPicked(slot.querySelector("[data-another] input"), (files) => {
    for (const file of files) put(name, file, { beside: true });
  });
  slot.querySelector("[data-remove]").addEventListener("click", () => {
    takeOut(name, items[name][0]);
    slot.querySelector("[data-camera]").focus();
  });
  slot.querySelector("select").addEventListener("change", (event) => {
    const other = event.target.value;
    const mine = items[name][0];
    const theirs = items[other][0];
    change([name, other], () => {
      items[name].shift();
      if (theirs && !isStored(theirs)) items[name].unshift(items[other].shift());
      items[other].unshift(mine);
    });
    // What was sent for another view is sent anew.
    for (const item of [mine, theirs]) {
      if (item?.file && item.photo) {
        gone.push(item.photo);
        delete item.photo;
      }
    }
    slots[other].querySelector("select").focus();
  });
  slot.querySelector("[data-camera]").addEventListener("click", () => openCamera(name, slot.dataset.ghost, (file) => put(name, file)));
  slot.querySelector("[data-another-camera]").addEventListener("click", () => openCamera(name, slot.dataset.ghost, (file) => put(name, file, { beside: true })));
}

// ---- sending and waiting -----------------------------------------------------------------

const { begin, progress, fail } = waitingPanel(() => {
  go.disabled = false;
});

async function sendAll() {
  while (gone.length) {
    await api("DELETE", `/api/v1/photos/${gone[0]}`);
    version += 1;
    gone.shift();
  }
  const waiting = NAMES.flatMap((name) => items[name].filter((item) => !item.photo).map((item) => [name, item]));
  for (const [index, [name, item]] of waiting.entries()) {
    const text = fill(texts.uploading, { index: index + 1, count: waiting.length });
    try {
      const photo = await sendPhoto(`/api/v1/visits/${visit}/photos`, {
        role: roleOf(name),
        file: item.file,
        fields: { further: "true", view: sideShown(name) },
        onShare: (share) => progress((30 * (index + share)) / waiting.length, text),
      });
      item.photo = photo.id;
      version += 1;
    } catch (error) {
      complain(name, told(error));
      slots[name].scrollIntoView({ block: "center" });
      throw error;
    }
  }
}

let sentCapture = visit ? JSON.stringify(captureAtStart()) : "";
function captureAtStart() {
  showCapture();
  return captureOf();
}

/** Make the visit, or tell a stored one what is stated now. */
async function keepVisit(capture) {
  if (!visit) {
    const made = await api("POST", `/api/v1/clients/${form.dataset.client}/visits`, {
      taken: form.elements.taken.value,
      note: form.elements.note.value.trim(),
      capture,
    });
    visit = made.id;
    version = made.version;
  } else if (JSON.stringify(capture) !== sentCapture) {
    version = (await api("PATCH", `/api/v1/visits/${visit}`, { version, capture })).version;
  }
  sentCapture = JSON.stringify(capture);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const capture = captureOf();
    go.disabled = true;
    begin(texts.wait_files);
    await keepVisit(capture);
    await sendAll();
    followJob(await api("POST", `/api/v1/visits/${visit}/assess`), {
      onStep: (share, text) => progress(30 + 70 * share, text),
      onDone: () => location.assign(`/visits/${visit}`),
      onFailed: fail,
    });
  } catch (error) {
    fail(told(error));
  }
});

wireDialogs();
if (!visit) showCapture();
wireKnown((role) => {
  const first = photosIn(role)[0];
  return first ? addressOf(first) : null;
});
for (const name of NAMES) show(name);
