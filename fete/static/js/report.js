// The running total of a report, as it is typed. Without script the total is the one last sent.

const language = document.documentElement.lang || "fr";
const format = new Intl.NumberFormat(language);

const read = (field) => {
  const typed = field.value.trim();
  return /^(\d{1,7}|\d{1,3}([\s.]\d{3}){1,2})$/.test(typed) ? Number(typed.replace(/[\s.]/g, "")) : null;
};

// Told session by session, a figure is their sum: its field says so, and is not typed any more.
const written = (value) => format.format(value).replace(/[\u00a0\u202f]/g, " ");
for (const total of document.querySelectorAll("[data-sum]")) {
  const sessions = [...document.querySelectorAll(`[data-session="${total.dataset.sum}"]`)];
  const add = () => {
    const told = sessions.map(read).filter((value) => value !== null);
    total.readOnly = told.length > 0;
    if (!told.length) return;
    total.value = written(told.reduce((sum, value) => sum + value, 0));
    total.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const field of sessions) field.addEventListener("input", add);
  total.readOnly = sessions.some((field) => read(field) !== null);
}

for (const output of document.querySelectorAll("output[data-total]")) {
  const fields = [...document.querySelectorAll(`[data-adds="${output.dataset.total}"]`)];
  const show = () => {
    const told = fields.map(read).filter((value) => value !== null);
    output.value = told.length
      ? format.format(told.reduce((sum, value) => sum + value, 0))
      : output.dataset.nothing;
  };
  for (const field of fields) field.addEventListener("input", show);
  show();
}
