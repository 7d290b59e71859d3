// Opens a counter again where there is no network: its page is asked for first, and what was kept of it answers else.
// It keeps nothing itself: the page does (counter.js), its own files only. Nothing sent is answered from here.

const KEPT = "fete.counter";
const PATIENCE = 5000; // a network that does not answer is none

const found = (request) => caches.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });

async function page(request) {
  const kept = await found(request);
  const asked = fetch(request);
  if (!kept) return asked;
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  try {
    const answer = await Promise.race([asked, late]);
    if (!answer || answer.status >= 500) return kept;
    if ([404, 410].includes(answer.status)) await (await caches.open(KEPT)).delete(request, { ignoreSearch: true });
    return answer;
  } catch {
    return kept;
  } finally {
    asked.catch(() => {}); // one that fails after what was kept has answered
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  // The address of a file changes with what it holds: one that was kept is right.
  else if (new URL(request.url).searchParams.has("v")) {
    event.respondWith(found(request).then((kept) => kept ?? fetch(request)));
  }
});
