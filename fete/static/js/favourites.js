// The activities that one chooses, kept in this browser: a star on each, their number in the menu, a page of their own.
// Nothing of it is sent until one opens that page, whose address names them. Without script there are no stars.

const KEPT = "fete.favourites";
const HERE = "#appareil"; // in the address: what was just taken off was kept on this device
const SHOWN = 6000;

const said = document.querySelector("[data-favourites]");
const words = said.dataset;
const [status, way, close] = said.querySelectorAll("[role=status], a, button");
const MOST = Number(words.most);
const LARGEST = 2 ** 31 - 1;

let unkept = null; // what was chosen on this page when the browser keeps nothing
let timer;

const numbersIn = (text) => [
  ...new Set((text.match(/\d+/g) ?? []).map(Number).filter((number) => number > 0 && number <= LARGEST)),
];
const same = (one, other) => one.length === other.length && one.every((number) => other.includes(number));
const together = (one, other) => [...new Set([...one, ...other])];

function stored() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

// Whatever stands there, each number that can still be read is kept.
const read = () => unkept ?? numbersIn(stored()).slice(0, MOST);

function write(numbers) {
  try {
    if (numbers.length) localStorage.setItem(KEPT, numbers.join(","));
    else localStorage.removeItem(KEPT);
    unkept = null;
  } catch {
    unkept = numbers;
  }
  show();
  return unkept === null;
}

function say(text, { stays = false } = {}) {
  status.textContent = text;
  said.classList.add("said-shown");
  way.hidden = close.hidden = false;
  clearTimeout(timer);
  if (!stays) timer = setTimeout(() => (said.contains(document.activeElement) ? null : hide()), SHOWN);
}

function hide() {
  said.classList.remove("said-shown");
  way.hidden = close.hidden = true;
  status.textContent = "";
}

close.addEventListener("click", hide);

function toggle(star) {
  const number = Number(star.dataset.star);
  const chosen = read();
  const isKept = chosen.includes(number);
  if (!isKept && chosen.length >= MOST) {
    say(words.full.replace("{most}", MOST), { stays: true });
    return;
  }
  const isWritten = write(isKept ? chosen.filter((each) => each !== number) : [...chosen, number]);
  if (isWritten) say((isKept ? words.letGo : words.kept).replace("{title}", star.dataset.title));
  else say(words.unkept, { stays: true });
}

// The stars, the number in the menu, the way to one's programme, and whether the page shows it.
function show() {
  const chosen = read();
  for (const star of document.querySelectorAll("[data-star]")) {
    star.hidden = false;
    star.setAttribute("aria-pressed", String(chosen.includes(Number(star.dataset.star))));
  }
  for (const place of document.querySelectorAll(`.menu-button, .menu a[href="${CSS.escape(words.page)}"]`)) {
    count(place, chosen.length);
  }
  way.href = unkept?.length ? `${words.page}?activites=${unkept.join(",")}` : words.page;
  selection?.show(chosen);
}

function count(place, number) {
  place.querySelector(".menu-count")?.remove();
  if (!number) return;
  const shown = document.createElement("span");
  shown.className = "menu-count";
  const unit = document.createElement("span");
  unit.className = "visually-hidden";
  unit.textContent = ` ${number > 1 ? words.many : words.one}`;
  shown.append(new Intl.NumberFormat(document.documentElement.lang).format(number), unit);
  place.append(" ", shown);
}

// The page that shows a selection: one's own, or that of somebody who sent its address.
class Selection {
  constructor(place) {
    this.place = place;
    this.words = place.dataset;
    this.asked = numbersIn(this.words.selection);
    this.found = numbersIn(this.words.found);
    this.spoken = place.querySelector("[role=status]");
    this.before = null;
    for (const link of document.querySelectorAll("[data-takes-off], [data-puts-back]")) {
      link.addEventListener("click", () => this.follow(link));
    }
    for (const button of place.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.act(button.dataset.act));
    }
  }

  isOwn(chosen) {
    return same(this.asked, chosen) || same(this.found, chosen);
  }

  // The page that the link leads to shows the rest; what this device keeps follows, if that is what was shown.
  follow(link) {
    const { takesOff, putsBack } = link.dataset;
    const chosen = read();
    if (putsBack && location.hash === HERE) write(together(chosen, numbersIn(putsBack)));
    if (takesOff && this.isOwn(chosen)) {
      link.hash = HERE;
      const gone = numbersIn(takesOff);
      write(chosen.filter((number) => !gone.includes(number)));
    }
  }

  act(name) {
    const chosen = read();
    const next = { merge: together(chosen, this.found), undo: this.before }[name] ?? this.found;
    if (next.length > MOST) {
      say(words.full.replace("{most}", MOST), { stays: true });
      return;
    }
    this.before = name === "undo" ? null : chosen;
    this.said = { merge: this.words.added, undo: this.words.restored }[name] ?? this.words.replaced;
    if (!write(next)) {
      say(words.unkept, { stays: true });
      return;
    }
    this.spoken.textContent = this.said.replace("{count}", next.length);
    // The button that was pressed may be gone.
    this.place.querySelector(name === "undo" ? "[data-act]:not([hidden])" : "[data-act=undo]")?.focus();
  }

  show(chosen) {
    if (!this.spoken) return;
    const isOwn = this.isOwn(chosen);
    this.place.hidden = isOwn && !this.said;
    const hasMore = this.found.some((number) => !chosen.includes(number));
    const shown = {
      "replace-none": !isOwn && !chosen.length && this.found.length,
      merge: chosen.length && hasMore,
      replace: !isOwn && chosen.length && this.found.length,
      undo: this.before,
    };
    for (const button of this.place.querySelectorAll("[data-act]")) button.hidden = !shown[button.dataset.act];
    this.place.querySelector("[data-mine]").hidden = isOwn || !chosen.length;
  }
}

const place = document.querySelector("[data-selection]");
const selection = place ? new Selection(place) : null;

document.addEventListener("click", (event) => {
  const star = event.target.closest("[data-star]");
  if (star) toggle(star);
});

// Another page of this site has changed it, or one comes back to this page by the browser's button.
addEventListener("storage", (event) => [KEPT, null].includes(event.key) && show());
addEventListener("pageshow", (event) => event.persisted && show());

show();
if (stored() && stored() !== read().join(",")) {
  if (write(read())) say(words.unreadable, { stays: true });
} else if (selection && !write(read())) {
  say(words.unkept, { stays: true });
}
// One's own programme has the address that can be passed on.
if (place && !selection.asked.length && !("stays" in place.dataset) && read().length) {
  location.replace(`${words.page}?activites=${read().join(",")}`);
}
