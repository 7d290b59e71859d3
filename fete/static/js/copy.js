// Buttons that copy what a field shows, or print the page; without script they are not there, and the field is.

document.documentElement.classList.add("with-copies");

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.querySelector("main").append(said);

const say = (button, told) => {
  const words = button.lastChild;
  button.dataset.words ??= words.textContent;
  words.textContent = ` ${told}`;
  // Anew each time, or it would be spoken once only.
  said.textContent = "";
  setTimeout(() => (said.textContent = told), 100);
  setTimeout(() => (words.textContent = button.dataset.words), 4000);
};

document.addEventListener("click", async ({ target }) => {
  if (target.closest("[data-prints]")) print();
  const button = target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say(button, button.dataset.copied);
  } catch {
    // Not allowed here, or no secure connection: what is selected is copied by hand.
    say(button, button.dataset.selected);
  }
});
