// The running total of a report, as it is typed. Without script the total is the one last sent.

const format = new Intl.NumberFormat(document.documentElement.lang || "fr");
const MOST = 9_999_999;

const told = (fields, read) => fields.map(read).filter((value) => value !== null);
const sum = (values) => values.reduce((total, value) => total + value, 0);

for (const form of document.querySelectorAll("form[data-figure]")) {
  // What the site reads: the page holds its rule.
  const [figure, nobody] = [form.dataset.figure, form.dataset.nobody].map((each) => new RegExp(`^(?:${each})$`));

  const read = (field) => {
    const typed = field.value.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").trim();
    if (nobody.test(typed)) return 0;
    const digits = typed.match(figure)?.[1].replace(/[^0-9]/g, "");
    return digits && Number(digits) <= MOST ? Number(digits) : null;
  };
  const isUnreadable = (field) => field.value.trim() !== "" && read(field) === null;

  // Told session by session, a figure is their sum: its field says so, and is not typed any more.
  for (const total of form.querySelectorAll("[data-sum]")) {
    const sessions = [...form.querySelectorAll(`[data-session="${total.dataset.sum}"]`)];
    const add = () => {
      const counts = told(sessions, read);
      total.readOnly = counts.length > 0;
      if (counts.length) total.value = String(sum(counts));
      total.dispatchEvent(new Event("input", { bubbles: true }));
    };
    for (const field of sessions) field.addEventListener("input", add);
    total.readOnly = told(sessions, read).length > 0;
  }

  for (const output of form.querySelectorAll("output[data-total]")) {
    const fields = [...form.querySelectorAll(`[data-adds="${output.dataset.total}"]`)];
    const sessions = [...form.querySelectorAll("[data-session]")];
    const show = () => {
      const counts = told(fields, read);
      const isKnown = counts.length && ![...fields, ...sessions].some(isUnreadable);
      output.value = isKnown ? format.format(sum(counts)) : output.dataset.nothing;
    };
    for (const field of fields) field.addEventListener("input", show);
    show();
  }
}
