// What is typed in a report opened by its link is kept as it is typed, there being no account to keep it apart.

const PAUSE = 2000;
const AGAIN = 10_000;

function taken(place) {
  try {
    return JSON.parse(sessionStorage.getItem(place));
  } catch {
    return null;
  }
}

function putAway(place, what = null) {
  try {
    if (what) sessionStorage.setItem(place, JSON.stringify(what));
    else sessionStorage.removeItem(place);
  } catch {
    // Nothing may be kept in this browser: what leaves with the page is not sent again.
  }
}

class Keeping {
  constructor(form) {
    this.form = form;
    this.version = form.elements.version;
    this.kept = this.state();
    this.place = `fete.typed ${form.dataset.keeps}`;
    this.shown = document.createElement("p");
    this.shown.className = "autosave-note";
    this.shown.setAttribute("role", "status");
    form.querySelector(".actions").append(this.shown);
    form.addEventListener("input", () => this.later(PAUSE));
    form.addEventListener("change", () => this.later(PAUSE));
    form.addEventListener("submit", (event) => this.leave(event));
    addEventListener("online", () => this.later(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keep());
    // Somebody else's figures are beside: which ones stay is chosen by a button.
    this.isStopped = document.getElementById("stored") !== null;
    // Refused: what is on the page is kept nowhere yet.
    if (document.querySelector(".error-summary")) {
      this.kept = null;
      this.later(PAUSE);
    }
    this.takeUp();
  }

  // What left with the page reaches the site after the next one is read: that page shows it, and sends it once more.
  takeUp() {
    const left = taken(this.place);
    if (left?.version !== this.version.value || this.isStopped) {
      putAway(this.place);
      return;
    }
    const told = new URLSearchParams(left.state);
    for (const field of this.form.elements) {
      const values = told.getAll(field.name);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.name && values.length && field.type !== "hidden") field.value = values[0];
    }
    for (const field of this.form.querySelectorAll("input[type=text]")) field.dispatchEvent(new Event("input"));
    this.waiting = left;
    this.later(0);
  }

  state() {
    const body = new URLSearchParams(new FormData(this.form));
    body.delete("version");
    return body.toString();
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), pause);
  }

  // One at a time, and the same again until it is answered: what was kept without our learning it is not kept twice.
  async keep() {
    if (this.isStopped || this.sending) return;
    if (!this.waiting) {
      const state = this.state();
      if (state === this.kept) return;
      this.waiting = { state, version: this.version.value };
      putAway(this.place, this.waiting);
    }
    this.sending = this.send(this.waiting);
    await this.sending;
    this.sending = null;
    if (this.waiting) this.later(AGAIN);
    else if (this.state() !== this.kept) this.later(PAUSE);
  }

  async send({ state, version }) {
    const body = `${state}&version=${version}`;
    try {
      const answer = await fetch(this.form.dataset.keeps, {
        method: "POST",
        body: new URLSearchParams(body),
        headers: { Accept: "application/json" },
        keepalive: body.length < 60_000,
        signal: AbortSignal.timeout(AGAIN),
      });
      // Too many, or a failure of the site: it is tried again.
      if (answer.status === 429 || answer.status >= 500) return;
      const told = await answer.json();
      this.waiting = null;
      putAway(this.place);
      this.kept = state;
      if (answer.ok) this.version.value = told.version;
      else this.isStopped = answer.status !== 422;
      this.shown.textContent = told.said;
    } catch {
      this.shown.textContent = this.form.dataset.cut;
    }
  }

  // What is on its way arrives first: the version that is sent with the whole is then the right one.
  leave(event) {
    clearTimeout(this.timer);
    if (!this.sending || this.isStopped) {
      this.isStopped = true;
      putAway(this.place);
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    this.sending.then(() => {
      this.isStopped = true;
      putAway(this.place);
      this.form.requestSubmit(button);
    });
  }
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
for (const form of document.querySelectorAll("form[data-keeps]")) new Keeping(form);
