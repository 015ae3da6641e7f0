// Keeps the whole site, so that it works without a network. The line before this one, written by the build, names every file.
//
// A build has a cache of its own. It is filled in full before it is used, and the pages that are open keep the old one until the last
// of them is closed: a page never gets parts of two builds.

const { version, files } = self.BUILD;
const PREFIX = `habit-lab ${self.registration.scope} `;
const CACHE = PREFIX + version;

self.addEventListener("install", (event) => {
  // Past the browser's own cache, which may hold files of an older build.
  const requests = ["./", ...files].map((file) => new Request(file, { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names
    .filter((name) => name.startsWith(PREFIX) && name !== CACHE)
    .map((name) => caches.delete(name)));
  // The page that was loaded before there was a service worker has it from now on.
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});

/** What is kept, else what the network has. */
async function find(request) {
  const cache = await caches.open(CACHE);
  // A worker's script is one file, whatever room its address names.
  const kept = await cache.match(request, { ignoreSearch: true });
  // A copy has no address of its own, so the script sees the one that was asked for.
  return kept ? new Response(kept.body, kept) : fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(find(request));
});
