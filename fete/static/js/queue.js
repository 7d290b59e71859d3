// The queue by keyboard: j and k go from one activity to the next, o opens, x ticks. Nothing is taken from who types
// or holds another key, and it can be turned off, on this computer, for good. Without script the page works the same.

const KEPT = "fete.shortcuts";
const form = document.querySelector("[data-queue]");
const help = document.querySelector("[data-keys]");

function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // Nothing may be kept in this browser: the choice lasts as long as the page.
  }
}

class Queue {
  constructor(list, on) {
    this.rows = [...list.querySelectorAll("[data-row]")];
    this.on = on;
    document.addEventListener("keydown", (event) => this.press(event));
  }

  get current() {
    return this.rows.findIndex((row) => row.contains(document.activeElement));
  }

  link(row) {
    return row.querySelector(".queue-title a");
  }

  go(step) {
    const here = this.current;
    const there = here < 0 ? (step > 0 ? 0 : this.rows.length - 1) : here + step;
    if (there < 0 || there >= this.rows.length) return;
    this.link(this.rows[there]).focus();
  }

  press(event) {
    if (!this.on || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (isTyping(event.target)) return;
    const row = this.rows[this.current];
    const acts = {
      j: () => this.go(1),
      k: () => this.go(-1),
      // The arrows scroll the page until one is in the list.
      ArrowDown: row && (() => this.go(1)),
      ArrowUp: row && (() => this.go(-1)),
      o: row && (() => this.link(row).click()),
      x: row && (() => row.querySelector("input[type=checkbox]")?.click()),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

// A box to tick takes no letters; everything else that one fills does.
function isTyping(element) {
  if (element.isContentEditable || element.closest("select, textarea, [popover]:popover-open")) return true;
  return element.tagName === "INPUT" && !["checkbox", "radio", "submit", "button"].includes(element.type);
}

// How many are ticked, in words, where the buttons are.
function count(list) {
  const shown = list.querySelector("[data-ticked]");
  if (!shown) return;
  const boxes = list.querySelectorAll("[data-row] input[type=checkbox]");
  const say = () => {
    const number = [...boxes].filter((box) => box.checked).length;
    const { none, one, many } = shown.dataset;
    shown.textContent = number > 1 ? many.replace("{count}", number) : number ? one : none;
  };
  list.addEventListener("change", say);
  addEventListener("pageshow", say);
  say();
}

if (form && help) {
  const queue = new Queue(form, areOn());
  const choice = help.querySelector("[data-shortcuts]");
  choice.checked = queue.on;
  choice.addEventListener("change", () => {
    queue.on = choice.checked;
    keep(queue.on);
  });
  help.hidden = false;
  count(form);
}
