// Keeps the files of the app, so that a start needs the network for nothing but the clinic. What is asked of /api is never touched.
// A new version waits until `boot.js` calls it: nobody's work is broken off.

// Put in by the build: the files, each with the digest that it must have. A version is kept whole, or not at all.
const VERSION = "{version}";
const FILES = ["{files}"];

// Besides the newest, those before it: a page that was started with one of them may still ask for a part of it.
const CACHES_KEPT = 3;
const PREFIX = "wardkey-";
const NEWEST = PREFIX + VERSION;
// Answered by the Worker, or pages of their own.
const NOT_OURS = /^\/(api|dev|help)(\/|$)/;

addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

async function keepAll() {
  const newest = await caches.open(NEWEST);
  const keep = async ([address, integrity]) => {
    // The names of all others change with their bytes.
    const cache = address === "/" ? "no-cache" : "default";
    await newest.put(address, await fetch(address, { integrity, cache }));
  };
  await Promise.all(FILES.map(keep));
}

addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith(PREFIX)).slice(0, -CACHES_KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

addEventListener("message", ({ data }) => {
  if (data === "take-over") {
    skipWaiting();
  }
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || NOT_OURS.test(pathname)) {
    return;
  }
  if (request.mode !== "navigate") {
    event.respondWith(kept(request));
  } else if (!pathname.includes(".")) {
    // Every address of the app is the same page.
    event.respondWith(kept("/"));
  }
});

// Of the newest version where that has it; a page that is older asks for what only its own had.
async function kept(request) {
  const newest = await caches.open(NEWEST);
  return (await newest.match(request)) ?? (await caches.match(request)) ?? fetch(request);
}
