// What the programme gains when scripts run: shorter addresses, long lists that one narrows by typing.

const form = document.getElementById("filtres");

// Empty fields stay out of the address.
form?.addEventListener("submit", () => {
  for (const control of form.elements) {
    if (control.name && control.type !== "checkbox" && !control.value.trim()) control.disabled = true;
  }
});

// Coming back by the browser's button finds the form as it was.
addEventListener("pageshow", () => {
  for (const control of form?.elements ?? []) control.disabled = false;
});

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

for (const list of document.querySelectorAll("[data-narrow]")) {
  const field = document.createElement("input");
  field.type = "search";
  field.className = "form-control filter-narrow";
  field.setAttribute("aria-label", list.dataset.narrow);
  field.placeholder = list.dataset.narrow;
  list.before(field);
  const items = [...list.children].map((item) => [item, plain(item.textContent)]);
  field.addEventListener("input", () => {
    const typed = plain(field.value.trim());
    for (const [item, text] of items) item.hidden = !text.includes(typed);
  });
  field.addEventListener("keydown", (event) => {
    // The list is already narrowed: Enter must not send the whole form.
    if (event.key === "Enter") event.preventDefault();
  });
}
