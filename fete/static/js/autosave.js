// What is typed in a long form is taken a few seconds after one stops, and when one leaves: nothing is lost.

const PAUSE = 3000;
const LONGEST = 60_000; // what a browser lets go of while a page closes
const NEVER = /csrf_token|password/;

class Sketch {
  constructor(form) {
    this.form = form;
    this.first = this.state();
    this.kept = this.first;
    // Shown with what was begun, or with what was refused: to go back to that is not to have typed nothing.
    const isAlone = document.querySelectorAll("form[data-autosave]").length === 1;
    const isRefused = (isAlone ? document : form).querySelector(".error-summary, .conflict, .field-invalid") !== null;
    const begun = `[data-sketch="${CSS.escape(form.dataset.page)}"]`;
    this.isBegun = isRefused || document.querySelector(begun) !== null;

    this.shown = document.createElement("p");
    this.shown.className = "autosave-note";
    this.spoken = document.createElement("p");
    this.spoken.className = "visually-hidden";
    this.spoken.setAttribute("role", "status");
    (form.querySelector(".actions:last-of-type") ?? form).append(this.shown);
    form.append(this.spoken);

    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    // Rows come and go without a word typed.
    form.addEventListener("click", (event) => event.target.closest("button") && this.later());
    form.addEventListener("submit", () => {
      this.isSent = true;
      clearTimeout(this.timer);
      this.asked?.abort();
    });
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    addEventListener("pageshow", () => {
      this.isSent = false;
    });
    // Refused: what is on the page is kept nowhere yet.
    if (isRefused) {
      this.kept = null;
      this.later();
    }
  }

  state() {
    const fields = [...new FormData(this.form)].filter(
      ([name, value]) => typeof value === "string" && !NEVER.test(name),
    );
    return JSON.stringify(fields);
  }

  later() {
    this.isSent = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  body(state) {
    const body = new URLSearchParams();
    body.set("csrf_token", this.form.querySelector('input[name$="csrf_token"]').value);
    body.set("page", this.form.dataset.page);
    // Back where one began: there is nothing left to give back.
    body.set("typed", state === this.first && !this.isBegun ? "[]" : state);
    return body;
  }

  async keep() {
    const state = this.state();
    if (this.isSent || state === this.kept) return;
    this.asked = new AbortController();
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.body(state),
        signal: this.asked.signal,
        headers: { Accept: "application/json" },
      });
      if (answer.ok) {
        this.kept = state;
        this.say((await answer.json()).said);
      } else if (answer.status === 400 || answer.status === 401) {
        this.say(this.form.dataset.ended);
      }
    } catch {
      // Cut off, or the form itself left meanwhile: the next word typed tries again.
    }
  }

  leave() {
    const state = this.state();
    if (this.isSent || state === this.kept) return;
    const body = this.body(state);
    if (body.toString().length > LONGEST) return;
    if (navigator.sendBeacon(this.form.dataset.autosave, body)) this.kept = state;
  }

  // Always seen; spoken once, and when it is something else.
  say(words) {
    this.shown.textContent = words;
    const kind = words === this.form.dataset.ended ? "ended" : "kept";
    if (words && kind !== this.saidKind) this.spoken.textContent = words;
    this.saidKind = kind;
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Sketch(form);
