// What is typed in a report opened by its link is kept as it is typed, there being no account to keep it apart.

const PAUSE = 2000;
const AGAIN = 10_000;

class Keeping {
  constructor(form) {
    this.form = form;
    this.version = form.elements.version;
    this.kept = this.state();
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
      this.waiting = { state, body: `${state}&version=${this.version.value}` };
    }
    this.sending = this.send(this.waiting);
    await this.sending;
    this.sending = null;
    if (this.waiting) this.later(AGAIN);
    else if (this.state() !== this.kept) this.later(PAUSE);
  }

  async send({ state, body }) {
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
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    this.sending.then(() => {
      this.isStopped = true;
      this.form.requestSubmit(button);
    });
  }
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
for (const form of document.querySelectorAll("form[data-keeps]")) new Keeping(form);
