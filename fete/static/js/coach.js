// The advice beside a declaration, asked anew once typing pauses. Without script it follows each save.

const PAUSE = 1200;

class Coach {
  constructor(aside, form) {
    this.aside = aside;
    this.form = form;
    this.advice = aside.querySelector("[data-advice]");
    this.spoken = aside.querySelector("[data-spoken]");
    this.short = aside.querySelector("[data-short]");
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.later());
    form.addEventListener("click", (event) => event.target.closest("button") && this.later());
    form.addEventListener("submit", () => this.stop());
  }

  stop() {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  later() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked = new AbortController();
    const fields = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    try {
      const answer = await fetch(this.aside.dataset.coach, {
        method: "POST",
        body: new URLSearchParams(fields),
        signal: this.asked.signal,
      });
      if (answer.ok && !answer.redirected) this.show(await answer.text());
    } catch {
      // Cut off or superseded: the advice stays as it was.
    }
  }

  show(html) {
    // Nothing moves under the hand of somebody who is reading it.
    if (this.advice.contains(document.activeElement)) return;
    this.advice.innerHTML = html;
    const standing = this.advice.querySelector("[data-standing]").textContent;
    if (standing === this.short.textContent) return;
    this.short.textContent = standing;
    // Said only when it has changed: not at each word.
    this.spoken.textContent = standing;
  }
}

const aside = document.querySelector("[data-coach]");
const form = document.querySelector("form.declaration");
if (aside && form) new Coach(aside, form);
