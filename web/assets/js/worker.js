// @ts-check
/**
 * The service worker, served as /sw.js with a line in front that sets ASSETS to "/assets/<hash>". It keeps
 *   - the files of this release (they never change under their address),
 *   - lessons that were opened (answers with the header "Apel-Offline: keep"), at most 60, newest kept,
 *   - the page that says there is no signal.
 * It keeps nothing else, changes no answer, and forgets all lessons at every door where somebody logs in or out: phones and office
 * computers are shared. Should somebody come in by another way, app.js sees that the owner has changed.
 */
/* global ASSETS */
const files = 'apel-' + ASSETS;
const lessons = 'apel-lessons';
const away = '/luring';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(files)
    .then((cache) => cache.addAll([away, ASSETS + '/app.css', ASSETS + '/icons.svg', ASSETS + '/mark.svg', ASSETS + '/kawung.svg',
      ASSETS + '/js/app.js', ASSETS + '/js/util.js', ASSETS + '/js/kept.js']))
    .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((n) => n.startsWith('apel-/') && n !== files).map((n) => caches.delete(n))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const asked = event.request;
  const url = new URL(asked.url);
  if (url.origin !== location.origin) return;
  if (asked.method === 'POST' && /^\/(masuk|keluar|aktivasi|penyiapan|lupa-sandi)(\/|$)/.test(url.pathname)) {
    event.waitUntil(caches.delete(lessons));
    return;
  }
  if (asked.method !== 'GET') return;
  if (url.pathname.startsWith(ASSETS + '/')) {
    event.respondWith(caches.match(asked).then((hit) => hit || fetch(asked).then((answer) => {
      if (answer.ok) {
        const copy = answer.clone();
        event.waitUntil(caches.open(files).then((cache) => cache.put(asked, copy)));
      }
      return answer;
    })));
    return;
  }
  if (asked.mode === 'navigate') {
    event.respondWith(fetch(asked).then((answer) => {
      if (answer.ok && answer.headers.get('Apel-Offline') === 'keep') {
        const copy = answer.clone();
        event.waitUntil(caches.open(lessons).then((cache) => cache.put(asked, copy).then(() => trim(cache))));
      }
      return answer;
    }, () => caches.match(asked, { cacheName: lessons }).then((hit) => hit || caches.match(away)).then((hit) => hit || Response.error())));
  }
});

async function trim(cache) {
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - 60))) await cache.delete(old);
}
