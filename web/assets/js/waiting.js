// @ts-check
/**
 * [data-stream="url"]: listens to the server's event stream.
 *
 *   event: state   data: a sentence to show
 *   event: done    data: the address to go to (of this host), empty for this page again
 *
 * Where the stream cannot be had, the page is loaded again after 2, 4, 8 ... 30 seconds.
 */
import { backoff, say } from './util.js';

const box = /** @type {HTMLElement} */ (document.querySelector('[data-stream]'));
const url = box.getAttribute('data-stream') || '';
const KEY = 'apel.wait';
let failures = 0;

function fallback() {
  let n = 0;
  try { n = Number(sessionStorage.getItem(KEY)) || 0; sessionStorage.setItem(KEY, String(n + 1)); } catch (_) { n = 3; }
  setTimeout(() => location.reload(), backoff(Math.min(n, 4) + 1));
}

if (url && typeof EventSource === 'function') {
  const stream = new EventSource(url);
  stream.addEventListener('state', (event) => {
    failures = 0;
    const text = /** @type {MessageEvent} */ (event).data;
    const line = box.querySelector('[data-stream-text]');
    if (line) line.textContent = text;
    say(text);
  });
  stream.addEventListener('done', (event) => {
    stream.close();
    try { sessionStorage.removeItem(KEY); } catch (_) { /* nothing kept */ }
    const to = /** @type {MessageEvent} */ (event).data || location.pathname;
    if (to.charAt(0) === '/' && to.charAt(1) !== '/') location.replace(to);
    else location.reload();
  });
  stream.addEventListener('error', () => {
    failures++;
    if (failures >= 3 || stream.readyState === 2) { stream.close(); fallback(); }
  });
} else if (url) {
  fallback();
}
