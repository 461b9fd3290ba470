// Photos on their way to the program, and word of what it does with them.

import { api, ApiError, problemOf, texts } from "/static/js/api.js";
import { told } from "/static/js/forms.js";

/** Send one photo to an address of the API, telling how much of it is there. */
export function sendPhoto(address, { role, file, replace = false, fields = {}, onShare }) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("role", role);
    if (replace) body.append("replace", "true");
    for (const [name, value] of Object.entries(fields)) if (value) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", address);
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

/** Follow a job to its end: onStep(share, text), then onDone() or onFailed(text). */
export function followJob(job, { onStep, onDone, onFailed }) {
  const events = new EventSource(`/api/v1/jobs/${job.id}/events`);
  const read = (event) => JSON.parse(event.data);
  events.addEventListener("progress", (event) => {
    const at = read(event);
    onStep(at.done / Math.max(1, at.total), at.state === "queued" ? texts.queued : at.text || texts.measuring);
  });
  events.addEventListener("done", () => {
    events.close();
    onDone();
  });
  events.addEventListener("failed", (event) => {
    events.close();
    onFailed(read(event).message);
  });
  events.addEventListener("error", async () => {
    if (events.readyState !== EventSource.CLOSED) return;
    try {
      const now = await api("GET", `/api/v1/jobs/${job.id}`);
      if (now.state === "done") onDone();
      else if (now.state === "failed") onFailed(now.message);
      else setTimeout(() => followJob(job, { onStep, onDone, onFailed }), 1000);
    } catch (error) {
      onFailed(told(error));
    }
  });
}
