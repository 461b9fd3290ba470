// What every page's script needs: the API, the texts, short notices, dialogs.

export const texts = JSON.parse(document.getElementById("texts").textContent);

/** Put values in the place of {names}. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** An answer that was not what was asked for; `detail` is a sentence to show. */
export class ApiError extends Error {
  constructor(status, detail, body) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.body = body;
  }
}

/** Ask the API. `body` is sent as JSON, or as it is if it is a form. Returns the parsed answer. */
export async function api(method, path, body) {
  const headers = { "X-Posture": "1", Accept: "application/json" };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, texts.offline, null);
  }
  const told = await readJson(answer);
  if (answer.ok) return told;
  throw problemOf(answer.status, answer.statusText, told);
}

/** The error that an answer's status and body tell of. */
export function problemOf(status, statusText, body) {
  if (status === 401) return new ApiError(401, texts.signed_out, body);
  return new ApiError(status, body?.detail || fill(texts.unexpected, { detail: statusText }), body);
}

async function readJson(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

let fading;

/** Show a short notice at the foot of the page; it is read out too. */
export function say(text) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ""; }, 5000);
}

/** Let buttons with data-open open their dialog, and those with data-close close theirs. */
export function wireDialogs(within = document) {
  for (const button of within.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
  }
  for (const button of within.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

/** Write a number as the page's language does. */
export function number(value, decimals) {
  const mark = document.body.dataset.decimal || ".";
  return value.toFixed(decimals).replace("-", "−").replace(".", mark);
}
