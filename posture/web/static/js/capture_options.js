// Scale and camera: what is stated of how the photos were taken, read from the form and put into it.

import { fill, number, texts } from "/static/js/api.js";
import { TypedError } from "/static/js/forms.js";
import { markLength } from "/static/js/known_length.js";

const form = document.getElementById("new-visit");
const scale = document.getElementById("scale");
const stored = JSON.parse(document.getElementById("capture").textContent);
const known = { ...(stored.known || {}) };
const problem = document.getElementById("known-problem");
const roleName = (role) => document.querySelector(`#known-role option[value="${role}"]`).textContent;

function listKnown() {
  document.getElementById("known-list").replaceChildren(
    ...Object.entries(known).map(([role, length]) => {
      const line = document.createElement("li");
      line.className = "known-line";
      const text = document.createElement("span");
      text.textContent = fill(texts.known_is, { role: roleName(role), cm: number(length.length_cm, 1).replace(/[.,]0$/, "") });
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet";
      button.textContent = document.querySelector("[data-remove]").firstChild.textContent;
      button.setAttribute("aria-label", `${button.textContent}: ${text.textContent}`);
      button.addEventListener("click", () => {
        delete known[role];
        listKnown();
        document.getElementById("known-mark").focus();
      });
      line.append(text, button);
      return line;
    }),
  );
}

function tell(text) {
  problem.textContent = text || "";
  problem.hidden = !text;
}

/** Put what is stored into the form; open the section where anything unusual is. */
export function showCapture() {
  const roll = stored.roll ?? "off";
  form.elements.roll.value = typeof roll === "number" ? "deg" : roll;
  if (typeof roll === "number") document.getElementById("roll-deg").value = number(roll, 2).replace(/0$/, "").replace("−", "-");
  if (stored.paper) form.elements.paper.value = stored.paper;
  form.elements.marker.checked = Boolean(stored.marker);
  form.elements.stickers.checked = Boolean(stored.stickers);
  listKnown();
  scale.open = location.hash === "#scale" || roll !== "off" || Boolean(stored.paper || stored.stickers || Object.keys(known).length);
}

/** Read what the form states; throws where a tilt is none. */
export function captureOf() {
  let roll = form.elements.roll.value;
  if (roll === "deg") {
    const input = document.getElementById("roll-deg");
    roll = Number(input.value.trim().replace(",", ".").replace("−", "-") || NaN);
    if (!(Math.abs(roll) <= 9)) {
      scale.open = true;
      throw new TypedError(input, texts.roll_number);
    }
  }
  return { roll, marker: form.elements.marker.checked, paper: form.elements.paper.value || null, known, stickers: form.elements.stickers.checked };
}

/** The side that photos in a place show, where it was stated. */
export function sideShown(slot) {
  const side = form.elements.shows.value;
  if (slot === "side" || !side) return slot === "side" ? side : "";
  return slot === "other" ? { left: "right", right: "left" }[side] : "";
}

/** Take back a length that was marked on a photo which is another one now. */
export function forgetKnown(role) {
  if (!(role in known)) return false;
  delete known[role];
  listKnown();
  return true;
}

/** Let lengths be marked; `photoOf` returns the address of a role's first photo. */
export function wireKnown(photoOf) {
  document.getElementById("known-mark").addEventListener("click", async () => {
    const role = document.getElementById("known-role").value;
    const typed = document.getElementById("known-cm");
    const length_cm = Number(typed.value.trim().replace(",", ".") || known[role]?.length_cm);
    tell("");
    if (!(length_cm > 0 && length_cm <= 1000)) {
      tell(texts.known_number);
      typed.focus();
      return;
    }
    const address = photoOf(role);
    if (!address) {
      tell(texts.known_no_photo);
      return;
    }
    try {
      await markLength(address, known[role], (points) => {
        known[role] = { ...points, length_cm };
        typed.value = "";
        listKnown();
      });
    } catch {
      tell(texts.known_no_preview);
    }
  });
  document.getElementById("roll-deg").addEventListener("input", () => { form.elements.roll.value = "deg"; });
}
