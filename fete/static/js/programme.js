// What the programme gains when scripts run: shorter addresses, long lists that one narrows by typing.

const form = document.getElementById("filtres");

// Empty fields stay out of the address, several values of one filter are joined.
form?.addEventListener("submit", () => {
  const named = [...form.elements].filter((control) => control.name);
  const boxes = new Map();
  for (const control of named) {
    if (control.type === "checkbox" && control.checked) {
      boxes.set(control.name, [...(boxes.get(control.name) ?? []), control]);
    } else if (control.type !== "checkbox" && !control.value.trim()) {
      control.disabled = true;
    }
  }
  for (const [name, checked] of boxes) {
    if (checked.length < 2) continue;
    for (const control of checked) control.disabled = true;
    const joined = document.createElement("input");
    joined.type = "hidden";
    joined.name = name;
    joined.value = checked.map((control) => control.value).join(",");
    joined.dataset.joined = "";
    form.append(joined);
  }
});

// Coming back by the browser's button finds the form as it was.
addEventListener("pageshow", () => {
  for (const joined of document.querySelectorAll("[data-joined]")) joined.remove();
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
