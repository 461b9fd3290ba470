// The camera with a guide: outline, level, countdown, the last visit's photo as a ghost.

import { fill, say, texts } from "/static/js/api.js";

const dialog = document.getElementById("camera");
const part = (name) => dialog.querySelector(`[data-${name}]`);
const video = dialog.querySelector("video");
const ghost = dialog.querySelector(".ghost");
const taken = dialog.querySelector("img.taken");
const level = dialog.querySelector(".level");
let stream = null;
let asking = 0;
let facing = "environment";
let ready = null;
let shot = null;
let role = "front";
let counting = 0;

/** Open the camera for one place of a visit; `use` gets the photo as a file. */
export async function openCamera(wanted, ghostAddress, use) {
  // Some phones tell how they are held only if a press of a button asks for it.
  window.DeviceOrientationEvent?.requestPermission?.().catch(() => {});
  role = wanted;
  ready = use;
  document.getElementById("camera-title").textContent = texts[`camera_title_${role}`];
  part("hint").textContent = texts[`hint_${role}`];
  for (const guide of dialog.querySelectorAll("[data-guide]")) guide.toggleAttribute("hidden", guide.dataset.guide !== (role === "side" || role === "other" ? "side" : "front"));
  dialog.querySelector(".guide").classList.toggle("mirrored", role === "other");
  part("ghost-choice").hidden = !ghostAddress;
  ghost.hidden = !ghostAddress || !part("ghost-choice").querySelector("input").checked;
  if (ghostAddress) ghost.src = ghostAddress;
  review(false);
  dialog.showModal();
  await start();
}

async function start() {
  stop();
  problem("");
  const mine = asking;
  waiting(true);
  if (!navigator.mediaDevices?.getUserMedia) {
    problem(window.isSecureContext ? texts.camera_absent : texts.camera_insecure);
    return;
  }
  try {
    const opened = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: facing, width: { ideal: 3840 }, height: { ideal: 2160 } },
    });
    // Permission can take its time: meanwhile the dialog may be closed, or the other camera wanted.
    if (mine !== asking || !dialog.open) {
      switchOff(opened);
      return;
    }
    stream = opened;
    video.srcObject = stream;
    // Unplugged, or taken by the system: what is shown is no live picture any more.
    for (const track of stream.getTracks()) track.addEventListener("ended", () => mine === asking && problem(texts.camera_no_picture));
    await video.play();
    if (mine === asking) waiting(false);
  } catch (error) {
    if (mine !== asking || !dialog.open) return;
    const known = { NotAllowedError: texts.camera_denied, NotFoundError: texts.camera_absent, NotReadableError: texts.camera_busy };
    problem(known[error.name] || error.message);
  }
}

function stop() {
  asking += 1;
  counting += 1;
  part("count").textContent = "";
  if (stream) switchOff(stream);
  stream = null;
  video.srcObject = null;
}

function switchOff(what) {
  for (const track of what.getTracks()) track.stop();
}

/** While there is no picture yet, nothing can be taken. */
function waiting(on) {
  part("waiting").textContent = on ? texts.camera_waiting : "";
  part("waiting").hidden = !on;
  part("shutter").disabled = on;
}

function problem(detail) {
  if (detail) waiting(false);
  part("problem").textContent = detail ? fill(texts.no_camera, { detail }) : "";
  part("problem").hidden = !detail;
  part("shutter").disabled = Boolean(detail);
}

function review(on) {
  part("live").hidden = on;
  part("review").hidden = !on;
  taken.hidden = !on;
  video.hidden = on;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

part("shutter").addEventListener("click", async () => {
  const mine = ++counting;
  const wait = Number(dialog.querySelector('input[name="wait"]:checked').value);
  for (let left = wait; left > 0; left -= 1) {
    part("count").textContent = String(left);
    await pause(1000);
    if (mine !== counting) return;
  }
  part("count").textContent = "";
  if (!video.videoWidth) return;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => {
    if (mine !== counting || !dialog.open) return;
    if (!blob) {
      problem(texts.camera_no_picture);
      return;
    }
    shot = new File([blob], `${role}.jpg`, { type: "image/jpeg" });
    URL.revokeObjectURL(taken.src);
    taken.src = URL.createObjectURL(blob);
    review(true);
    say(texts.shot);
    part("use").focus();
  }, "image/jpeg", 0.95);
});

part("again").addEventListener("click", () => review(false));
part("use").addEventListener("click", () => {
  ready(shot);
  dialog.close();
});
part("turn").addEventListener("click", () => {
  facing = facing === "environment" ? "user" : "environment";
  start();
});
part("ghost-choice").querySelector("input").addEventListener("change", (event) => { ghost.hidden = !event.target.checked; });
dialog.addEventListener("close", stop);

/**
 * How far the device is turned about the camera's axis, in degrees from its nearest upright side,
 * + clockwise as seen from behind it; null where the camera looks too far up or down to tell.
 */
export function rollOf(beta, gamma) {
  const [b, g] = [beta, gamma].map((angle) => (angle * Math.PI) / 180);
  // Where gravity points in the plane of the screen, x to the right and y to the top.
  const [x, y] = [Math.cos(b) * Math.sin(g), -Math.sin(b)];
  if (Math.hypot(x, y) < 0.5) return null;
  const roll = (Math.atan2(x, -y) * 180) / Math.PI;
  return roll - 90 * Math.round(roll / 90);
}

// Roll of the device against the plumb line, where it has a sensor for it.
window.addEventListener("deviceorientation", (event) => {
  if (!dialog.open || event.gamma === null || event.beta === null) return;
  const roll = rollOf(event.beta, event.gamma);
  level.hidden = part("level").hidden = roll === null;
  if (roll === null) return;
  level.style.setProperty("--roll", `${(-roll).toFixed(1)}deg`);
  level.classList.toggle("is-level", Math.abs(roll) < 1);
  part("level").textContent = Math.abs(roll) < 1 ? texts.level : fill(texts.level_off, { degrees: Math.abs(roll).toFixed(0) });
});
