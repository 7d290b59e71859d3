// A file too heavy is told as soon as it is chosen, before minutes of sending; the server says the same.

for (const input of document.querySelectorAll("input[type=file][data-heaviest]")) {
  input.addEventListener("change", () => {
    const file = input.files[0];
    const isTooHeavy = file !== undefined && file.size > Number(input.dataset.heaviest);
    input.setCustomValidity(isTooHeavy ? input.dataset.tooHeavy : "");
    if (isTooHeavy) input.reportValidity();
  });
}
