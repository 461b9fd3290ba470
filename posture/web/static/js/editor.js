// The landmark editor: drag by mouse, touch or keyboard; the numbers follow.

import { ApiError, api, fill, number, say, texts, wireDialogs } from "/static/js/api.js";

const SVG = "http://www.w3.org/2000/svg";
const state = JSON.parse(document.getElementById("state").textContent);
const byId = (id) => document.getElementById(id);
const canvas = byId("canvas");
const stage = byId("stage");
const loupe = byId("loupe");

/** Landmarks as last measured, by name; those that a person placed stand in `placed`. */
let landmarks = state.landmarks;
let placed = { ...(state.placed[state.view] || {}) };
let version = state.version;
let stored = JSON.stringify(placed);
let selected = null;
let placing = null;
const past = [];
let future = [];
const view = { x: 0, y: 0, width: state.width, height: state.height };

const names = Object.keys(state.names);
const isShown = (name) => name in placed || (landmarks[name] && landmarks[name].method !== "proxy");
const placeOf = (name) => placed[name] || landmarks[name];
const methodOf = (name) => (name in placed ? "manual" : landmarks[name].method);
const rounded = (value) => Math.round(value * 10) / 10;

// ---- the picture: zoom and pan ---------------------------------------------------------

function fitted() {
  const ratio = canvas.clientWidth / Math.max(1, canvas.clientHeight);
  const width = Math.max(state.width, state.height * ratio);
  return { x: (state.width - width) / 2, y: (state.height - width / ratio) / 2, width, height: width / ratio };
}

function showView() {
  canvas.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  byId("zoom").textContent = `${Math.round((fitted().width / view.width) * 100)} %`;
  drawMarks();
}

function fit() {
  Object.assign(view, fitted());
  showView();
}

/** Zoom by a factor about a point of the picture, the view's middle by default. */
function zoom(factor, about) {
  const whole = fitted();
  const width = Math.min(whole.width * 1.5, Math.max(whole.width / 40, view.width / factor));
  const scale = width / view.width;
  const at = about || { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  view.x = at.x - (at.x - view.x) * scale;
  view.y = at.y - (at.y - view.y) * scale;
  view.width = width;
  view.height *= scale;
  showView();
}

function pointAt(event) {
  const box = canvas.getBoundingClientRect();
  return {
    x: view.x + ((event.clientX - box.left) / box.width) * view.width,
    y: view.y + ((event.clientY - box.top) / box.height) * view.height,
  };
}

const pixel = () => view.width / Math.max(1, canvas.clientWidth);

// ---- the marks -------------------------------------------------------------------------

function make(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function shape(method) {
  const r = 7;
  if (method === "manual") return make("rect", { class: "mark manual", x: -r, y: -r, width: 2 * r, height: 2 * r });
  if (method === "sticker") return make("path", { class: "mark sticker", d: `M0 ${-1.25 * r} L${1.15 * r} ${0.85 * r} H${-1.15 * r}Z` });
  return make("circle", { class: `mark ${method}`, r });
}

function described(name) {
  const place = placeOf(name);
  const where = fill(texts.placed_at, { x: number(place.x_px, 1), y: number(place.y_px, 1), method: state.methods[methodOf(name)] });
  return `${state.names[name]}: ${where}`;
}

function drawMarks() {
  const size = pixel();
  const marks = byId("marks");
  const focused = document.activeElement?.dataset?.name;
  marks.replaceChildren(
    ...names.filter(isShown).map((name) => {
      const place = placeOf(name);
      const group = make("g", {
        class: `handle${name === selected ? " selected" : ""}`,
        transform: `translate(${place.x_px} ${place.y_px}) scale(${size})`,
        tabindex: 0,
        role: "button",
        "aria-label": described(name),
        "data-name": name,
      });
      group.append(make("circle", { class: "target", r: 22 }), make("circle", { class: "ring", r: 14 }), shape(methodOf(name)));
      if (name === selected) {
        const text = make("text", { x: 20, y: 5, class: "label" });
        text.textContent = state.names[name];
        group.append(text);
      }
      return group;
    }),
  );
  if (focused) marks.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
  const dots = byId("points");
  dots.replaceChildren();
  if (byId("show-points").checked) {
    for (const [name, point] of Object.entries(landmarks)) {
      if (point.method === "proxy" && !(name in state.names)) {
        dots.append(make("circle", { class: "detected", cx: point.x_px, cy: point.y_px, r: 3 * size }));
      }
    }
  }
  const told = selected ? described(selected).split(": ") : null;
  byId("selected-name").textContent = told ? told[0] : byId("selected-name").dataset.none;
  byId("selected-where").textContent = told ? told[1] : byId("selected-where").dataset.none;
  byId("reset").disabled = !(selected && selected in placed);
  byId("reset-all").disabled = Object.keys(placed).length === 0;
  byId("undo").disabled = past.length === 0;
  byId("redo").disabled = future.length === 0;
  const changed = JSON.stringify(placed) !== stored;
  byId("save").disabled = !changed;
  byId("saved").textContent = changed ? texts.unsaved : texts.no_changes;
}

function select(name) {
  selected = name;
  drawMarks();
}

// ---- changes, undone and redone --------------------------------------------------------

function remember() {
  past.push(JSON.stringify(placed));
  if (past.length > 200) past.shift();
  future = [];
}

function travel(from, to, told) {
  if (!from.length) return;
  to.push(JSON.stringify(placed));
  placed = JSON.parse(from.pop());
  if (selected && !isShown(selected)) selected = null;
  say(told);
  changed();
}

function moveTo(name, x, y) {
  placed[name] = {
    x_px: rounded(Math.min(state.width - 1, Math.max(0, x))),
    y_px: rounded(Math.min(state.height - 1, Math.max(0, y))),
  };
  changed();
}

function changed() {
  drawMarks();
  drawList();
  measure();
}

function reset(name) {
  if (!(name in placed)) return;
  remember();
  delete placed[name];
  say(fill(texts.was_reset, { name: state.names[name] }));
  changed();
}

// ---- the numbers -----------------------------------------------------------------------

let asked = 0;
let waiting = false;

/** Ask for new numbers once a frame at most; only the newest answer is shown. */
function measure() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(async () => {
    waiting = false;
    const mine = ++asked;
    byId("live-state").textContent = texts.computing;
    try {
      const answer = await api("POST", `/api/v1/visits/${state.visit}/measure`, { landmarks: { [state.view]: placed }, photo: state.photo });
      if (mine === asked) show(answer);
    } catch (error) {
      if (mine === asked) problem(error);
    }
  });
}

function problem(error) {
  const alert = byId("live-problem");
  alert.textContent = error instanceof ApiError ? error.detail : fill(texts.unexpected, { detail: String(error) });
  alert.hidden = false;
}

function show(answer) {
  byId("live-problem").hidden = true;
  landmarks = answer.landmarks[state.view] || landmarks;
  drawMarks();
  drawList();
  for (const row of document.querySelectorAll(".measure")) {
    const found = answer.measures.find((m) => m.id === row.dataset.measure && (m.view === row.dataset.view || m.view === null));
    row.hidden = !found;
    if (found) fillRow(row, found);
  }
  const findings = answer.findings.map((finding) => {
    const line = document.createElement("p");
    line.className = "finding";
    const title = document.createElement("b");
    title.textContent = finding.title;
    line.append(title);
    return line;
  });
  if (!findings.length) {
    const none = document.createElement("p");
    none.className = "note";
    none.textContent = texts.no_finding;
    findings.push(none);
  }
  byId("live-findings").replaceChildren(...findings);
  byId("live-state").textContent = JSON.stringify(placed) === stored ? texts.stored : texts.live;
}

function fillRow(row, found) {
  const decimals = Number(row.dataset.decimals);
  const factor = Number(row.dataset.factor);
  const ok = found.status === "ok";
  row.querySelector(".value").textContent = ok ? `${number(found.value * factor, decimals)}${row.dataset.suffix}` : "–";
  row.querySelector(".interval").textContent = ok
    ? fill(texts.between, { low: number(found.low * factor, decimals), high: number(found.high * factor, decimals) })
    : "";
  const repeats = row.querySelector(".repeats");
  repeats.hidden = !found.repeats;
  if (found.repeats) repeats.textContent = fill(texts.repeats, { n: found.repeats.n, sd: `${number(found.repeats.sd * factor, decimals)}${row.dataset.suffix}` });
  const method = row.querySelector(".method");
  method.className = `method ${found.method || ""}`;
  method.textContent = found.method ? state.methods[found.method] : "";
  const reason = row.querySelector(".reason");
  reason.textContent = found.reason || "";
  reason.hidden = ok;
  const bar = row.querySelector("svg.range");
  if (!bar) return;
  const measured = bar.querySelector(".measured");
  measured.toggleAttribute("hidden", !ok);
  if (!ok) return;
  const [start, end] = [Number(bar.dataset.start), Number(bar.dataset.end)];
  const at = (value) => Math.min(100, Math.max(0, ((value - start) / (end - start)) * 100));
  const line = (selector, from, to) => {
    for (const node of measured.querySelectorAll(selector)) {
      node.setAttribute("x1", from);
      node.setAttribute("x2", to);
    }
  };
  line(".whisker", at(found.low), at(found.high));
  line(".end.low", at(found.low), at(found.low));
  line(".end.high", at(found.high), at(found.high));
  line(".dot", at(found.value), at(found.value));
}

// ---- pointer ---------------------------------------------------------------------------

const pointers = new Map();
let drag = null;
let pinch = null;

canvas.addEventListener("pointerdown", (event) => {
  if (event.button > 0) return;
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, event);
  if (pointers.size === 2) {
    drag = null;
    pinch = { distance: spread(), view: { ...view } };
    return;
  }
  const at = pointAt(event);
  if (placing) {
    endPlacing(at);
    return;
  }
  const name = event.target.closest?.(".handle")?.dataset.name;
  if (name) {
    const place = placeOf(name);
    drag = { name, dx: place.x_px - at.x, dy: place.y_px - at.y, moved: false };
    select(name);
  } else {
    drag = { pan: { x: event.clientX, y: event.clientY, view: { ...view } } };
  }
  event.preventDefault();
});

canvas.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  pointers.set(event.pointerId, event);
  if (pinch && pointers.size === 2) {
    const middle = [...pointers.values()].reduce((sum, p) => ({ clientX: sum.clientX + p.clientX / 2, clientY: sum.clientY + p.clientY / 2 }), { clientX: 0, clientY: 0 });
    zoom(spread() / pinch.distance, pointAt(middle));
    pinch.distance = spread();
  } else if (drag?.name) {
    const at = pointAt(event);
    if (!drag.moved) {
      remember();
      drag.moved = true;
    }
    moveTo(drag.name, at.x + drag.dx, at.y + drag.dy);
    showLoupe(drag.name, event);
  } else if (drag?.pan) {
    const size = pixel();
    view.x = drag.pan.view.x - (event.clientX - drag.pan.x) * size;
    view.y = drag.pan.view.y - (event.clientY - drag.pan.y) * size;
    showView();
  }
});

for (const kind of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(kind, (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size < 2) pinch = null;
    if (drag?.name) canvas.querySelector(`[data-name="${drag.name}"]`)?.focus({ preventScroll: true });
    drag = null;
    loupe.hidden = true;
  });
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * 0.0015), pointAt(event));
}, { passive: false });

function spread() {
  const [a, b] = [...pointers.values()];
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1;
}

const picture = new Image();
picture.src = canvas.querySelector("image").getAttribute("href");

/** Show what lies under the finger, enlarged, in the corner away from it. */
function showLoupe(name, event) {
  if (!picture.complete || !picture.naturalWidth) return;
  const place = placeOf(name);
  const shown = 70 * Math.min(1, pixel() * 4) + 20;
  const scale = picture.naturalWidth / state.width;
  const pen = loupe.getContext("2d");
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, loupe.width, loupe.height);
  pen.drawImage(picture, (place.x_px - shown / 2) * scale, (place.y_px - shown / 2) * scale, shown * scale, shown * scale, 0, 0, loupe.width, loupe.height);
  const middle = loupe.width / 2;
  for (const [colour, width] of [["#000", 5], ["#fff", 2]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(middle - 40, middle); pen.lineTo(middle - 10, middle);
    pen.moveTo(middle + 10, middle); pen.lineTo(middle + 40, middle);
    pen.moveTo(middle, middle - 40); pen.lineTo(middle, middle - 10);
    pen.moveTo(middle, middle + 10); pen.lineTo(middle, middle + 40);
    pen.stroke();
  }
  const box = stage.getBoundingClientRect();
  loupe.classList.toggle("right", event.clientX < box.left + box.width / 2);
  loupe.hidden = false;
}

// ---- keyboard --------------------------------------------------------------------------

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("focusin", (event) => {
  const name = event.target.dataset?.name;
  if (name && name !== selected) select(name);
});

canvas.addEventListener("keydown", (event) => {
  const name = event.target.dataset?.name;
  if (!name) return;
  if (event.key in STEPS) {
    event.preventDefault();
    const step = event.altKey ? 0.1 : event.shiftKey ? 10 : 1;
    const place = placeOf(name);
    if (!event.repeat) remember();
    moveTo(name, place.x_px + STEPS[event.key][0] * step, place.y_px + STEPS[event.key][1] * step);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    reset(name);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, dialog")) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (event.shiftKey) travel(future, past, texts.redone);
    else travel(past, future, texts.undone);
  } else if (command && event.key.toLowerCase() === "y") {
    event.preventDefault();
    travel(future, past, texts.redone);
  } else if (event.key === "+" && !command) zoom(1.4);
  else if (event.key === "-" && !command) zoom(1 / 1.4);
  else if (event.key === "0" && !command) fit();
  else if (placing && event.key === "Escape") endPlacing(null);
  else if (placing && event.key === "Enter") {
    event.preventDefault();
    endPlacing({ x: view.x + view.width / 2, y: view.y + view.height / 2 });
  }
});

// ---- landmarks that are missing --------------------------------------------------------

function startPlacing(name) {
  placing = name;
  const told = byId("placing");
  told.textContent = fill(texts.place, { name: state.names[name] });
  told.hidden = false;
  stage.classList.add("is-placing");
  say(told.textContent);
}

function endPlacing(at) {
  const name = placing;
  placing = null;
  byId("placing").hidden = true;
  stage.classList.remove("is-placing");
  byId("add").value = "";
  if (!at) return;
  remember();
  moveTo(name, at.x, at.y);
  select(name);
  canvas.querySelector(`[data-name="${name}"]`)?.focus();
  say(fill(texts.placed, { name: state.names[name] }));
}

byId("add").addEventListener("change", (event) => {
  if (event.target.value) {
    startPlacing(event.target.value);
    event.target.blur();
  }
});

// ---- the list, for screen readers and exact numbers ------------------------------------

function drawList() {
  const list = byId("landmarks");
  const missing = names.filter((name) => !isShown(name));
  const add = byId("add");
  add.replaceChildren(add.options[0], ...missing.map((name) => new Option(state.names[name], name)));
  byId("add-row").hidden = missing.length === 0;
  const shown = names.filter(isShown);
  const there = [...list.children].map((item) => item.dataset.name);
  if (there.join() !== shown.join()) list.replaceChildren(...shown.map(listItem));
  for (const item of list.children) {
    const name = item.dataset.name;
    const place = placeOf(name);
    for (const input of item.querySelectorAll("input")) {
      if (document.activeElement !== input) input.value = place[input.name].toFixed(1);
    }
    const method = item.querySelector(".method");
    method.className = `method ${methodOf(name)}`;
    method.textContent = state.methods[methodOf(name)];
    item.querySelector("button").disabled = !(name in placed);
  }
}

function listItem(name) {
  const item = document.createElement("li");
  item.dataset.name = name;
  const title = document.createElement("span");
  title.className = "name";
  title.textContent = state.names[name];
  const method = document.createElement("span");
  method.className = "method";
  const inputs = ["x", "y"].map((axis) => {
    const input = document.createElement("input");
    input.type = "number";
    input.step = "0.1";
    input.name = `${axis}_px`;
    input.setAttribute("aria-label", fill(texts[axis], { name: state.names[name] }));
    input.addEventListener("focus", () => select(name));
    input.addEventListener("change", () => {
      const value = input.valueAsNumber;
      if (!Number.isFinite(value)) return;
      remember();
      const place = placeOf(name);
      moveTo(name, axis === "x" ? value : place.x_px, axis === "y" ? value : place.y_px);
    });
    return input;
  });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = texts.reset;
  button.setAttribute("aria-label", fill(texts.reset_one, { name: state.names[name] }));
  button.addEventListener("click", () => reset(name));
  item.append(title, method, ...inputs, button);
  return item;
}

// ---- saving ----------------------------------------------------------------------------

async function save() {
  byId("saved").textContent = texts.saving;
  try {
    const answer = await api("PUT", `/api/v1/visits/${state.visit}/landmarks`, { version, landmarks: { [state.view]: placed }, photo: state.photo });
    version = answer.version;
    stored = JSON.stringify(placed);
    show(answer);
    byId("saved").textContent = texts.saved;
    say(texts.saved);
  } catch (error) {
    if (error.status === 409 && error.body?.version) askWhose(error);
    else {
      problem(error);
      drawMarks();
    }
  }
}

/** Somebody else saved meanwhile: keep theirs, keep mine, or wait. Nothing is lost unasked. */
function askWhose(error) {
  const dialog = byId("conflict");
  dialog.querySelector("[data-detail]").textContent = error.detail;
  dialog.querySelector("[data-theirs]").onclick = () => { stored = JSON.stringify(placed); location.reload(); };
  dialog.querySelector("[data-mine]").onclick = () => { version = error.body.version; dialog.close(); save(); };
  dialog.showModal();
}

window.addEventListener("beforeunload", (event) => {
  if (JSON.stringify(placed) !== stored) event.preventDefault();
});

byId("save").addEventListener("click", save);
byId("undo").addEventListener("click", () => travel(past, future, texts.undone));
byId("redo").addEventListener("click", () => travel(future, past, texts.redone));
byId("zoom-in").addEventListener("click", () => zoom(1.4));
byId("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
byId("fit").addEventListener("click", fit);
byId("reset").addEventListener("click", () => reset(selected));
byId("reset-all").addEventListener("click", () => {
  remember();
  placed = {};
  say(texts.all_reset);
  changed();
});
byId("show-points").addEventListener("change", drawMarks);
for (const id of ["selected-name", "selected-where"]) byId(id).dataset.none = byId(id).textContent;
new ResizeObserver(() => fit()).observe(stage);
wireDialogs();
fit();
drawList();
