// The practice's settings, and its logo.

import { api, ApiError, texts } from "/static/js/api.js";
import { onSubmit, tell, told } from "/static/js/forms.js";

const form = document.getElementById("settings");
const shown = document.getElementById("logo-shown");
const remove = document.getElementById("logo-remove");
const version = () => Number(form.dataset.version);
const ticked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);

onSubmit(form, async () => {
  await api("PATCH", "/api/v1/settings", {
    version: version(),
    practice: form.elements.practice.value.trim(),
    language: form.elements.language.value,
    units: form.elements.units.value,
    paper: form.elements.paper.value,
    photos: ticked("photos"),
    measures: ticked("measures"),
  });
  location.reload();
});

document.getElementById("logo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  tell(form, "");
  try {
    if (file.size > 1_000_000) throw new ApiError(413, texts.logo_large, null);
    const body = new FormData();
    body.append("version", String(version()));
    body.append("file", file);
    const settings = await api("PUT", "/api/v1/settings/logo", body);
    form.dataset.version = settings.version;
    shown.src = URL.createObjectURL(file);
    shown.hidden = remove.hidden = false;
  } catch (error) {
    tell(form, told(error));
  }
  event.target.value = "";
});

remove.addEventListener("click", async () => {
  tell(form, "");
  try {
    const settings = await api("DELETE", `/api/v1/settings/logo?version=${version()}`);
    form.dataset.version = settings?.version ?? version() + 1;
    shown.hidden = remove.hidden = true;
  } catch (error) {
    tell(form, told(error));
  }
});
