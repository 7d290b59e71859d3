// What every page gains when scripts run; each works without.

// A refused form is shown from its list of errors on.
document.querySelector("[data-takes-focus]")?.focus();

// A second press while the first is under way sends nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// How many characters are left: always seen, spoken only near the end and once typing pauses.
const NEAR = 20;
const PAUSE = 1000;

for (const control of document.querySelectorAll("[data-counter]")) {
  const shown = document.getElementById(control.dataset.counter);
  const most = control.maxLength;
  if (!shown || most < 1) continue;
  // A text pasted too long is better shown and counted than cut without a word.
  control.removeAttribute("maxlength");
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  shown.after(spoken);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let timer;
  const count = () => {
    const left = most - [...control.value].length;
    const words = left < 0 ? shown.dataset.over : shown.dataset.left;
    shown.textContent = words.replace("{count}", number.format(Math.abs(left)));
    shown.classList.toggle("field-counter-over", left < 0);
    // On one line the count matters only to those who write a lot.
    shown.hidden = control.tagName === "INPUT" && left > most / 2;
    return left;
  };
  count();
  control.addEventListener("input", () => {
    const left = count();
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = left <= NEAR ? shown.textContent : "";
    }, PAUSE);
  });
}
