// Files picked or dropped on a page, and the panel that tells how far their measuring is.

/** Hand over the files that are picked at an input, those too that were before this script ran. */
export function onPicked(input, take) {
  const picked = () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) take(files);
  };
  input.addEventListener("change", picked);
  picked();
}

/**
 * Let files be picked at #files and dropped anywhere: `give(files)` takes those that were not
 * dropped on a place of their own, and `into(slot, files)` those that were.
 */
export function wireDrop({ give, into }) {
  onPicked(document.getElementById("files"), give);
  const zone = document.getElementById("drop");
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      (event.target.closest?.(".slot") || zone).classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      for (const over of document.querySelectorAll(".is-over")) over.classList.remove("is-over");
    });
  }
  document.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files || [])];
    const slot = event.target.closest?.(".slot");
    if (slot) into(slot, files);
    else give(files);
  });
}

/** The panel #working with its bar and step, and the message #failed; `onFail` lets one try again. */
export function waitingPanel(onFail) {
  const working = document.getElementById("working");
  const bar = document.getElementById("bar");
  const step = document.getElementById("step");
  const failed = document.getElementById("failed");
  const progress = (share, text) => {
    bar.value = share;
    if (step.textContent !== text) step.textContent = text;
  };
  return {
    progress,
    begin(text) {
      failed.hidden = true;
      working.hidden = false;
      document.getElementById("working-title").focus();
      progress(0, text);
    },
    fail(text) {
      working.hidden = true;
      failed.textContent = text;
      failed.hidden = false;
      failed.focus();
      onFail();
    },
  };
}
