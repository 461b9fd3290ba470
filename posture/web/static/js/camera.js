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

/** Open the camera for one view; `use` gets the photo as a file. */
export async function openCamera(wanted, ghostAddress, use) {
  role = wanted;
  ready = use;
  document.getElementById("camera-title").textContent = texts[`camera_title_${role}`];
  part("hint").textContent = texts[`hint_${role}`];
  for (const guide of dialog.querySelectorAll("[data-guide]")) guide.toggleAttribute("hidden", guide.dataset.guide !== (role === "side" ? "side" : "front"));
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
    await video.play();
  } catch (error) {
    if (mine !== asking || !dialog.open) return;
    const known = { NotAllowedError: texts.camera_denied, NotFoundError: texts.camera_absent };
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

function problem(detail) {
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

// Roll of the device against the plumb line, where it has a sensor for it.
window.addEventListener("deviceorientation", (event) => {
  if (!dialog.open || event.gamma === null) return;
  const upright = Math.abs(window.screen.orientation?.angle ?? 0) % 180 === 0;
  const roll = upright ? Math.atan2(Math.sin((event.gamma * Math.PI) / 180), Math.sin((event.beta * Math.PI) / 180)) * (180 / Math.PI) : event.beta;
  level.hidden = part("level").hidden = false;
  level.style.setProperty("--roll", `${roll.toFixed(1)}deg`);
  level.classList.toggle("is-level", Math.abs(roll) < 1);
  part("level").textContent = Math.abs(roll) < 1 ? texts.level : fill(texts.level_off, { degrees: Math.abs(roll).toFixed(0) });
});
