// Forms in dialogs and panels: reading them, checking them, telling what is wrong.

import { ApiError, fill, texts } from "/static/js/api.js";

/** Show a problem in the form, and move there; without text the place is cleared. */
export function tell(form, text) {
  const place = form.querySelector("[data-error]");
  place.textContent = text || "";
  place.hidden = !text;
  if (text) place.scrollIntoView({ block: "nearest" });
}

export function told(error) {
  return error instanceof ApiError ? error.detail : fill(texts.unexpected, { detail: String(error) });
}

/** Run what a form does when it is sent; its buttons rest meanwhile, problems are shown in it. */
export function onSubmit(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(form, "");
    const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
    for (const button of buttons) button.disabled = true;
    try {
      await act(form);
    } catch (error) {
      tell(form, told(error));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

/** A fault in what was typed; `input` is where. */
export class TypedError extends ApiError {
  constructor(input, detail) {
    super(422, detail, null);
    input.setAttribute("aria-invalid", "true");
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"), { once: true });
    input.focus();
  }
}

/** Read the fields of a client: empty ones are null. Raises TypedError. */
export function clientOf(form) {
  const year = form.elements.birth_year.value.trim();
  const height = form.elements.height_cm.value.trim().replace(",", ".");
  const thisYear = new Date().getFullYear();
  if (year && !(/^\d{4}$/.test(year) && Number(year) >= 1900 && Number(year) <= thisYear)) {
    throw new TypedError(form.elements.birth_year, fill(texts.year, { low: 1900, high: thisYear }));
  }
  if (height && !Number.isFinite(Number(height))) {
    throw new TypedError(form.elements.height_cm, texts.number);
  }
  return {
    code: form.elements.code.value.trim() || null,
    name: form.elements.name.value.trim() || null,
    birth_year: year ? Number(year) : null,
    height_cm: height ? Math.round(Number(height) * Number(form.elements.height_cm.dataset.factor) * 10) / 10 : null,
  };
}

/** Read the consents ticked in a form, as the API takes them. */
export function consentsOf(form) {
  const ticked = [...form.querySelectorAll('input[name="scope"]:checked')];
  return ticked.map((box) => ({
    scope: box.value,
    given: form.elements.given.value,
    note: form.elements.note?.value.trim() || "",
  }));
}
