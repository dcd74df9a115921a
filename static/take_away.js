"use strict";
// Drawings as PNG, as the browser draws the SVG; a walk's file is opened where it is dropped.
{
  const on = (name, listener) => addEventListener(name, listener);

  // Three pixels for each of the drawing's own, so that it is sharp on slides and on paper.
  on("click", async ({ target }) => {
    const address = target.dataset.png;
    if (!address) return;
    const image = new Image(), canvas = document.createElement("canvas"), link = document.createElement("a");
    image.src = address;
    await image.decode();
    canvas.width = 3 * image.width;
    canvas.height = 3 * image.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    link.href = canvas.toDataURL();
    link.download = address.replace(/.*\/|svg.*/g, "") + "png";
    link.click();
  });

  const form = document.querySelector("[data-drop]");
  if (form) for (const name of ["dragover", "drop"]) on(name, (event) => {
    event.preventDefault();
    if (name === "dragover") return;
    form.file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
