// A sentence that the coordinator keeps goes into the reason at once; without script the same button asks the server.

for (const place of document.querySelectorAll("[data-reason]")) {
  const button = place.querySelector("[data-insert]");
  const choice = place.querySelector("[data-sentences]");
  const reason = place.querySelector("textarea");
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    const text = choice.selectedOptions[0]?.dataset.text;
    if (!text) {
      choice.focus();
      return;
    }
    const typed = reason.value.trimEnd();
    reason.value = typed ? `${typed}\n\n${text}` : text;
    choice.value = "";
    // Whoever counts what is left learns of it.
    reason.dispatchEvent(new Event("input", { bubbles: true }));
    reason.focus();
  });
}
