// Keeps the page's own files for use without a network. The build writes their names and a version into it.
const FILES = __FILES__;
const CACHE = `kettle-${__VERSION__}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('kettle-') && name !== CACHE);
    await Promise.all(names.map((name) => caches.delete(name)));
  };
  event.waitUntil(old());
});

// What is not one of the page's files is none of this worker's business, and the page may not ask for it.
self.addEventListener('fetch', (event) => {
  const kept = async () => (await caches.match(event.request, { ignoreSearch: true })) ?? fetch(event.request);
  if (event.request.method === 'GET') event.respondWith(kept());
});
