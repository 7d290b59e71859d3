// Counts at a door, with or without a network. Each touch is kept in this browser, under a name of its own, before it
// is shown; then it is sent, again and again until the site says that it has it. Without script each press is a form.

const STORE = "fete.counter";
const BATCH = 200;
const LEFT = 30; // touches that were sent, still there to be taken back
const OFTEN = 15_000; // to see what is counted at the other doors
const [SOONEST, LATEST] = [1_000, 15_000]; // before one tries again
const PATIENCE = 20_000;
const FILES = 120; // of which the browser keeps copies, those of earlier versions included

const form = document.querySelector("[data-counter]");
const words = form.dataset;
const activity = Number(words.counter);
const [session, size] = [form.elements.creneau, form.elements.classe];
const undo = form.elements.annule;
const number = new Intl.NumberFormat(document.documentElement.lang);
const rule = new Intl.PluralRules(document.documentElement.lang);
const plural = (name, count) => words[`${name}${rule.select(count) === "one" ? "One" : "Many"}`];
// The clocks of Paris, wherever the telephone believes itself to be.
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Europe/Paris" });
const place = (name) => form.querySelector(`[data-${name}]`);

let touches = []; // of this telephone, oldest first: those to send, and the last ones sent
let heard = { activity, ...JSON.parse(words.told), at: null }; // what the site last told
let alone = false; // the last try found no network
let over = ""; // why nothing is counted here any more, in the words of the site
let unkept = false;
let news = "";

const isWaiting = (touch) => touch.state === "waiting";
const waiting = () => touches.filter(isWaiting);
const last = () => touches.findLast((touch) => !touch.undoes && !touch.undone && touch.state !== "refused");
// Where the page came by an insecure address there is no randomUUID.
const named = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

// ---- What this browser keeps ----

const opened = new Promise((done, failed) => {
  const asked = indexedDB.open(STORE, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("touches", { keyPath: "key" }).createIndex("activity", "activity");
    asked.result.createObjectStore("heard", { keyPath: "activity" });
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

// Done once it is on the disk: a browser that is killed the moment after has it.
async function write(act) {
  try {
    const deal = (await opened).transaction(["touches", "heard"], "readwrite", { durability: "strict" });
    act(deal.objectStore("touches"), deal.objectStore("heard"));
    if (unkept) for (const each of touches) deal.objectStore("touches").put(each);
    await new Promise((done, failed) => {
      deal.oncomplete = done;
      deal.onabort = () => failed(deal.error);
    });
    unkept = false;
  } catch {
    unkept = true;
  }
}

const result = (asked) =>
  new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

// What another page of this browser did meanwhile is seen; what could not be kept stays.
async function read() {
  try {
    const deal = (await opened).transaction(["touches", "heard"]);
    const [kept, known] = await Promise.all([
      result(deal.objectStore("touches").index("activity").getAll(activity)),
      result(deal.objectStore("heard").get(activity)),
    ]);
    const keys = new Set(kept.map((touch) => touch.key));
    const own = unkept ? touches.filter((touch) => !keys.has(touch.key)) : [];
    touches = [...kept, ...own].sort((one, other) => one.order - other.order);
    // What the page shows may be older, or count what is still to be sent here.
    if (known) heard = known;
  } catch {
    unkept = true;
  }
}

// ---- What one touches ----

let turn = Promise.resolve();
const inTurn = (act) => (turn = turn.then(act)); // one after the other, however fast

function touch(visitor, amount) {
  const order = (touches.at(-1)?.order ?? 0) + 1;
  const slot = session?.value ? Number(session.value) : null;
  return { key: named(), activity, order, slot, visitor, amount, at: new Date().toISOString(), state: "waiting" };
}

async function count(visitor, amount) {
  const made = touch(visitor, amount);
  await write((kept) => kept.put(made));
  touches.push(made);
}

async function takeBack() {
  const before = last();
  if (!before) return;
  const made = { ...touch(before.visitor, -before.amount), slot: before.slot, undoes: before.key };
  before.undone = true;
  await write((kept) => [before, made].forEach((each) => kept.put(each)));
  touches.push(made);
  news = words.taken.replace("{touch}", described(before));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (!button || over) return;
  const amount = Number(button.dataset.amount ?? size.value);
  news = "";
  inTurn(() => (button === undo ? takeBack() : count(button.dataset.visitor, amount)));
  turn.then(show).then(send);
});

// ---- What is sent ----

let sending = false;
let most = BATCH;
let pause = 0;
let timer;

async function send() {
  if (sending || over) return;
  sending = true;
  clearTimeout(timer);
  try {
    do await sendSome(waiting().slice(0, most));
    while (waiting().length && !over);
    if (alone) news = words.backOnline;
    alone = false;
    pause = 0;
  } catch {
    // No network, a site that is being started again, or one that asks to slow down: all is kept.
    alone = true;
    pause = Math.min(Math.max(pause * 2, SOONEST), LATEST);
  } finally {
    sending = false;
    show();
    timer = setTimeout(sendIfSeen, pause ? pause * (0.75 + Math.random() / 2) : OFTEN);
  }
}

// Nobody looks: what waits is sent all the same, and what others count is asked for later.
const sendIfSeen = () => (document.hidden && !waiting().length ? null : send());

async function sendSome(batch) {
  const answer = await fetch(words.send, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    body: JSON.stringify(batch.map(({ key, slot, visitor, amount, at }) => ({ key, slot, visitor, amount, at }))),
    signal: AbortSignal.timeout?.(PATIENCE),
  });
  if ([403, 404, 410].includes(answer.status)) {
    over = (await answer.json()).error;
    return;
  }
  if ([400, 413].includes(answer.status) && batch.length) {
    // One that cannot be read does not keep the others from being counted.
    if (batch.length > 1) most = Math.ceil(batch.length / 2);
    else await inTurn(() => settle(batch, batch, {}));
    return;
  }
  if (!answer.ok) throw new Error(answer.status);
  const told = await answer.json();
  const refused = batch.filter((each) => told.refused.includes(each.key));
  most = Math.min(most * 2, BATCH);
  if (told.on_the_whole.length) news = words.whole;
  await inTurn(() => settle(batch, refused, { total: told.total, sessions: told.sessions, at: Date.now() }));
}

async function settle(batch, refused, told) {
  const [done, lost] = [batch, refused].map((some) => new Set(some.map((each) => each.key)));
  const changed = touches.filter((each) => done.has(each.key));
  for (const each of changed) each.state = lost.has(each.key) ? "refused" : "sent";
  heard = { ...heard, ...told };
  const gone = touches.filter((each) => !isWaiting(each) && each.state !== "refused").slice(0, -LEFT);
  touches = touches.filter((each) => !gone.includes(each));
  if (refused.length) {
    const count = touches.filter((each) => each.state === "refused").length;
    news = plural("refused", count).replace("{count}", number.format(count));
  }
  await write((kept, known) => {
    changed.forEach((each) => kept.put(each));
    gone.forEach((each) => kept.delete(each.key));
    known.put(heard);
  });
}

// ---- What is shown ----

const FIGURES = ["public", "pupils", "adults"];

// What the site has, with what it has not yet; nobody is less than nobody.
function figures(base, own) {
  const shown = {};
  for (const name of FIGURES) {
    const more = own.filter((each) => each.visitor === name).reduce((sum, each) => sum + each.amount, 0);
    shown[name] = Math.max((base?.[name] ?? 0) + more, 0);
  }
  shown.total = FIGURES.reduce((sum, name) => sum + shown[name], 0);
  return shown;
}

function described({ visitor, amount }) {
  return `+${number.format(amount)} ${plural(visitor, amount)}`;
}

function writeIn(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show() {
  const own = waiting();
  const shown = figures(heard.total, own);
  writeIn(place("unit"), plural("visitor", shown.total));
  for (const [name, count] of Object.entries(shown)) {
    writeIn(form.querySelector(`[data-figure="${name}"]`), number.format(count));
  }
  const chosen = session?.value;
  const here = own.filter((each) => String(each.slot) === chosen);
  const atSession = chosen && number.format(figures(heard.sessions[chosen], here).total);
  writeIn(place("session-total"), chosen ? words.session.replace("{count}", atSession) : "");
  writeIn(form.querySelector(".counter-class"), words.class.replace("{count}", size.value));
  const before = last();
  undo.disabled = !before || Boolean(over);
  writeIn(place("undo"), before ? words.back.replace("{touch}", described(before)) : place("undo").dataset.nothing);
  writeIn(place("state"), state(own.length));
  form.classList.toggle("counter-waits", own.length > 0);
  writeIn(place("notice"), over || (unkept && words.unkept) || (alone && words.alone) || news);
  if (over) for (const button of form.querySelectorAll("button")) button.disabled = true;
}

// As the pages write it: « 9 h », « 21 h 54 ».
function hour(at) {
  const written = clock.format(at);
  if (document.documentElement.lang !== "fr") return written;
  const [hours, minutes] = written.split(":");
  return `${Number(hours)}\u00a0h${minutes === "00" ? "" : `\u00a0${minutes}`}`;
}

function state(count) {
  const told = count ? plural("waiting", count) : heard.at ? words.allSent : "";
  const since = heard.at ? words.last.replace("{hour}", hour(heard.at)) : "";
  return `${told.replace("{count}", number.format(count))} ${since}`.trim();
}

// ---- Which session, and how many in a class ----

const BEFORE = 3_600_000; // people come in before it begins

// What was chosen today, else what is on, else what the page says.
function choose() {
  if (size && heard.size) size.value = heard.size;
  if (!session) return;
  const today = new Date().toDateString();
  const on = [...session.options].find(({ dataset: { starts, ends } }) => {
    return starts && Date.now() > new Date(starts) - BEFORE && Date.now() < new Date(ends);
  });
  const kept = heard.day === today && [...session.options].find((each) => each.value === heard.slot);
  const chosen = kept || on;
  if (chosen) session.value = chosen.value;
}

function keepChoice() {
  heard = { ...heard, slot: session?.value, size: size.value, day: new Date().toDateString() };
  inTurn(() => write((_kept, known) => known.put(heard))).then(show);
}

session?.addEventListener("change", keepChoice);
size.addEventListener("change", keepChoice);

// ---- The page itself, for when there is no network ----

async function keepPage() {
  if (!("serviceWorker" in navigator && "caches" in window)) return;
  await navigator.serviceWorker.register(words.offline);
  await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((each) => new URL(each.name));
  const own = files.filter((file) => file.origin === location.origin && file.searchParams.has("v"));
  const kept = await caches.open(STORE);
  await kept.addAll([location.pathname, ...new Set(own.map(String))]);
  const [...every] = await kept.keys();
  await Promise.all(every.slice(0, -FILES).map((each) => kept.delete(each)));
}

const look = () => inTurn(read).then(show).then(send);

await read();
choose();
show();
send();
addEventListener("online", send);
addEventListener("pageshow", (event) => event.persisted && look());
document.addEventListener("visibilitychange", () => document.hidden || look());
const ready = () => keepPage().then(() => writeIn(place("kept"), words.ready), () => {});
if (document.readyState === "complete") ready();
else addEventListener("load", ready);
