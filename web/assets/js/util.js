// @ts-check
/** Small things several modules share. */

/**
 * Listens on the document for events from elements that match, also ones that come later.
 * @param {string} name
 * @param {string} selector
 * @param {(el: Element, event: Event) => void} act
 */
export function on(name, selector, act) {
  document.addEventListener(name, (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target) act(target, event);
  });
}

/**
 * Says something to screen readers.
 * @param {string} text
 */
export function say(text) {
  const live = document.getElementById('live');
  if (!live) return;
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 60);
}

/**
 * Shows a message for a few seconds and says it.
 * @param {string} text
 */
export function toast(text) {
  say(text);
  const box = document.getElementById('toasts');
  if (!box) return;
  const el = document.createElement('div');
  el.className = 'toast';
  el.textContent = text;
  box.appendChild(el);
  setTimeout(() => el.remove(), 4000);
}

/**
 * A box in the browser that keeps strings and never throws (private windows, full disks).
 */
export const store = {
  /** @param {string} key @returns {string | null} */
  read(key) {
    try { return localStorage.getItem(key); } catch (_) { return null; }
  },
  /** @param {string} key @param {string} value */
  write(key, value) {
    try { localStorage.setItem(key, value); } catch (_) { /* then it lives in this page only */ }
  },
  /** @param {string} key */
  drop(key) {
    try { localStorage.removeItem(key); } catch (_) { /* nothing was kept */ }
  },
};

/**
 * A pause before try n: 1, 2, 4 ... 30 seconds, with a random part so that a thousand phones do not come back at once.
 * @param {number} n
 */
export function backoff(n) {
  return Math.min(30000, 1000 * Math.pow(2, n)) * (0.7 + Math.random() * 0.6);
}

/**
 * fetch with an end: a phone between two masts waits for ever otherwise.
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} ms
 * @returns {Promise<Response>}
 */
export function request(url, init, ms) {
  const stop = typeof AbortController === 'function' ? new AbortController() : null;
  const timer = setTimeout(() => { if (stop) stop.abort(); }, ms);
  return fetch(url, Object.assign({ credentials: 'same-origin', headers: { Accept: 'application/json' } }, init, stop ? { signal: stop.signal } : {}))
    .then((answer) => { clearTimeout(timer); return answer; }, (error) => { clearTimeout(timer); throw error; });
}
