// @ts-check
/** [data-kept]: on the offline page, lists the lessons the service worker kept. */
const box = /** @type {HTMLElement} */ (document.querySelector('[data-kept]'));
const list = box.querySelector('[data-kept-list]');

async function fill() {
  if (!list || !('caches' in window)) return;
  const cache = await caches.open('apel-lessons');
  for (const found of await cache.keys()) {
    const answer = await cache.match(found);
    if (!answer) continue;
    const title = /<title>([^<]*)<\/title>/.exec(await answer.text());
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = new URL(found.url).pathname;
    const decoded = new DOMParser().parseFromString(title ? title[1] : link.href, 'text/html').documentElement.textContent;
    link.textContent = (decoded || link.href).split(' · ')[0];
    item.appendChild(link);
    list.appendChild(item);
    box.hidden = false;
  }
}

fill().catch(() => {});

export {};
