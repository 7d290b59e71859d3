// A button that copies what a field shows; without script, one selects it.

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.querySelector("main").append(said);

export function offerCopies(within) {
  for (const button of within.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copies);
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        // Not allowed here, or no secure connection: what is selected is copied by hand.
        field.select();
        return;
      }
      button.dataset.words ??= button.textContent.trim();
      button.lastChild.textContent = ` ${button.dataset.copied}`;
      // Anew each time, or it would be spoken once only.
      said.textContent = "";
      setTimeout(() => (said.textContent = button.dataset.copied), 100);
      setTimeout(() => (button.lastChild.textContent = ` ${button.dataset.words}`), 4000);
    });
  }
}

offerCopies(document);
