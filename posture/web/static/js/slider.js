// Two photos laid over each other: a slider moves the border between them.

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

for (const choice of document.querySelectorAll('input[name="view"]')) {
  choice.addEventListener("change", () => {
    for (const part of document.querySelectorAll(".compared")) part.hidden = part.dataset.view !== choice.value;
  });
}
