for (const box of document.querySelectorAll(".sliders")) {
  box.hidden = false;
  for (const slider of box.querySelectorAll(".slider")) {
    const stack = slider.querySelector(".stack");
    slider.querySelector("input").addEventListener("input", (event) => {
      stack.style.setProperty("--cut", event.target.value + "%");
    });
  }
}
