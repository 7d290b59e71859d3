// A button beside an address that copies it; without script the field itself is there to select.

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const said = button.closest(".field").querySelector("[role=status]");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = button.dataset.done;
    } catch {
      // Refused, or not offered here: the person copies what is selected.
      field.focus();
      field.select();
      said.textContent = button.dataset.chosen;
    }
  });
}
