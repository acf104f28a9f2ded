// @ts-check
/**
 * form[data-reading] stands after the last line of a lesson. While the page is looked at it posts event=beat now and then, and
 * event=end once its end was seen; the server measures the time between them. Without JavaScript the button posts event=end.
 * An end that was reached without a signal waits in the browser and is sent when the signal is back.
 */
import { request, store } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-reading]'));
const url = form.action;
const key = 'apel.read.' + new URL(url, location.href).pathname;
const BEAT = 30000;
let ended = form.hasAttribute('data-done');

/** @param {string} event */
function post(event) {
  return request(url, { method: 'POST', body: new URLSearchParams({ event: event }), keepalive: true }, 10000);
}

function end() {
  if (ended) return;
  ended = true;
  post('end').then((answer) => {
    if (!answer.ok) { ended = false; return; }
    store.drop(key);
    return answer.json().then((data) => {
      // {"read": true} says it counts; otherwise the time was too short and the button stays.
      if (data && data.read) { form.setAttribute('data-done', ''); form.classList.add('is-done'); }
      else ended = false;
    });
  }).catch(() => { ended = false; store.write(key, '1'); });
}

if (!ended) {
  post('open').catch(() => {});
  setInterval(() => { if (document.visibilityState === 'visible' && !ended) post('beat').catch(() => {}); }, BEAT);
  if (typeof IntersectionObserver === 'function') {
    const seen = new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) end(); }, { rootMargin: '0px 0px 0px 0px' });
    seen.observe(form);
  }
  // Too short a first look is answered by looking again after the next beat.
  setInterval(() => {
    const place = form.getBoundingClientRect();
    if (!ended && document.visibilityState === 'visible' && place.top < window.innerHeight) end();
  }, BEAT);
  window.addEventListener('online', () => { if (store.read(key)) end(); });
}
