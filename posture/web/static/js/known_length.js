// Two points on a photo, a known length apart: marked by mouse, touch or keyboard.

import { fill, number, texts } from "/static/js/api.js";

const dialog = document.getElementById("known-dialog");
const canvas = document.getElementById("known-canvas");
const loupe = document.getElementById("known-loupe");
const ends = Object.fromEntries([...canvas.querySelectorAll(".end")].map((end) => [end.dataset.end, end]));
const places = {};
const size = { width: 1, height: 1 };
let shown = "start";
let held = null;
let ready = null;

/** Load a picture's upright size; rejects where the browser cannot show it. */
function sizeOf(address) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.onerror = reject;
    picture.src = address;
  });
}

/** Show the photo; `use` gets both points in its pixels. Rejects where it cannot be shown. */
export async function markLength(address, known, use) {
  Object.assign(size, await sizeOf(address));
  const { width, height } = size;
  places.start = known ? [...known.start_px] : [width * 0.5, height * 0.4];
  places.end = known ? [...known.end_px] : [width * 0.5, height * 0.6];
  ready = use;
  for (const image of [canvas.querySelector("image"), loupe.querySelector("image")]) {
    image.setAttribute("href", address);
    image.setAttribute("width", width);
    image.setAttribute("height", height);
  }
  canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
  dialog.showModal();
  draw();
  ends.start.focus();
}

const pixel = () => Math.max(size.width / Math.max(1, canvas.clientWidth), size.height / Math.max(1, canvas.clientHeight));

function draw() {
  const scale = pixel();
  for (const [name, end] of Object.entries(ends)) {
    const [x, y] = places[name];
    end.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    const where = fill(texts.placed_at, { x: number(x, 1), y: number(y, 1), method: "" }).replace(/, $/, "");
    end.setAttribute("aria-label", `${end.dataset.label}: ${where}`);
  }
  for (const line of canvas.querySelectorAll("line")) {
    for (const [name, [x, y]] of [["1", places.start], ["2", places.end]]) {
      line.setAttribute(`x${name}`, x);
      line.setAttribute(`y${name}`, y);
    }
    line.style.strokeWidth = `${(line.classList.contains("under") ? 4 : 2) * scale}px`;
  }
  const [x, y] = places[shown];
  const reach = 14 * scale;
  loupe.setAttribute("viewBox", `${x - reach} ${y - reach} ${2 * reach} ${2 * reach}`);
  const cross = loupe.querySelector(".cross");
  cross.setAttribute("d", `M${x - reach} ${y}H${x - reach / 6}M${x + reach / 6} ${y}H${x + reach}M${x} ${y - reach}V${y - reach / 6}M${x} ${y + reach / 6}V${y + reach}`);
  cross.style.strokeWidth = `${scale / 4}px`;
}

function move(name, x, y) {
  const tenth = (value) => Math.round(value * 10) / 10;
  places[name] = [tenth(Math.min(size.width - 1, Math.max(0, x))), tenth(Math.min(size.height - 1, Math.max(0, y)))];
  shown = name;
  draw();
}

function pointAt(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
  return [at.x, at.y];
}

canvas.addEventListener("pointerdown", (event) => {
  const at = pointAt(event);
  const distance = (name) => Math.hypot(places[name][0] - at[0], places[name][1] - at[1]);
  const name = event.target.closest?.(".end")?.dataset.end || (distance("start") <= distance("end") ? "start" : "end");
  held = { name, dx: places[name][0] - at[0], dy: places[name][1] - at[1] };
  if (!event.target.closest?.(".end")) held.dx = held.dy = 0;
  canvas.setPointerCapture(event.pointerId);
  move(name, at[0] + held.dx, at[1] + held.dy);
  ends[name].focus({ preventScroll: true });
  event.preventDefault();
});
canvas.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [x, y] = pointAt(event);
  move(held.name, x + held.dx, y + held.dy);
});
for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => { held = null; });

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener("keydown", (event) => {
  const name = event.target.dataset?.end;
  if (!name || !(event.key in STEPS)) return;
  event.preventDefault();
  const step = event.shiftKey ? 10 : 1;
  move(name, places[name][0] + STEPS[event.key][0] * step, places[name][1] + STEPS[event.key][1] * step);
});
canvas.addEventListener("focusin", (event) => {
  if (event.target.dataset?.end) {
    shown = event.target.dataset.end;
    draw();
  }
});
window.addEventListener("resize", () => dialog.open && draw());
document.getElementById("known-use").addEventListener("click", () => {
  dialog.close();
  ready({ start_px: places.start, end_px: places.end });
});
