// Two photos laid over each other: a slider moves the border between them. Clothes, once stated, are reckoned with.

import { fill, texts } from "/static/js/api.js";

for (const slider of document.querySelectorAll(".slider")) {
  const range = slider.querySelector("input[type=range]");
  const move = () => {
    slider.style.setProperty("--split", `${range.value}%`);
    range.setAttribute("aria-valuetext", fill(texts.slider_at, { percent: 100 - Number(range.value) }));
  };
  range.addEventListener("input", move);
  move();
}

const choices = [...document.querySelectorAll('input[name="view"]')];
function showChosen() {
  const chosen = choices.find((choice) => choice.checked);
  for (const part of chosen ? document.querySelectorAll(".compared") : []) part.hidden = part.dataset.view !== chosen.value;
}
for (const choice of choices) choice.addEventListener("change", showChosen);
showChosen(); // a browser that comes back may have kept another choice

const clothing = document.getElementById("clothing");
clothing?.addEventListener("change", () => clothing.form.submit());
