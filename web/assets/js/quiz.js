// @ts-check
/**
 * form[data-quiz]: saves each answer by itself, shows the time left, and notices when the attempt goes on elsewhere.
 * Without this module the form's own buttons save all answers shown.
 *
 * Protocol of data-save (POST, application/x-www-form-urlencoded):
 *
 *   seq     the sequence number of the attempt as this tab knows it
 *   tab     a random name of this tab
 *   item    the id of the item answered
 *   answer.<id>   the answer, several times for multiple choice, empty when taken back
 *   flag.<id>=1   when the learner is unsure
 *
 *   200 {"seq": 8, "saved": <ms since 1970>}   kept; the next save carries this seq
 *   409 {"seq": 9}    the attempt was saved by somebody else after this tab's seq: a stale tab. The server takes a repeat of the
 *                     last save (same tab, seq one behind) as already kept, so a lost answer to a save is no conflict.
 *   410               the attempt is closed (handed in, time over)
 *   401, 404          logged out elsewhere: the page asks to log in again, nothing is dropped
 *   422               the answer cannot be kept as it is; it is not tried again
 *   anything else     tried again later, with growing pauses
 *
 * Answers wait in the browser under apel.quiz.<attempt> until the server has them, also through a reload; one save is under
 * way at a time, and a newer answer to the same item takes the older one's place.
 *
 * The timer shows the server's clock: data-now and data-ends are milliseconds of the server when the page was made; between
 * that, performance.now() counts, which no change of the phone's clock moves. After sleep the clock is asked again (/waktu).
 */
import { backoff, request, say, store } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-quiz]'));
const attempt = form.getAttribute('data-attempt') || '';
const url = form.getAttribute('data-save') || '';
const key = 'apel.quiz.' + attempt;
const tab = Math.random().toString(36).slice(2, 12);

/** @param {string} name */
const words = (name) => form.getAttribute('data-words-' + name) || '';
/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => form.querySelector(selector);

let seq = Number(form.getAttribute('data-seq')) || 0;
let busy = false;
let tries = 0;
let stopped = false;
let leaving = false;
let timer = 0;

/** What waits: item id -> the body to send for it. @type {Map<string, string>} */
const queue = new Map();
try {
  const kept = JSON.parse(store.read(key) || '[]');
  if (Array.isArray(kept)) kept.forEach((pair) => { if (Array.isArray(pair) && find('[data-item="' + pair[0] + '"]')) queue.set(String(pair[0]), String(pair[1])); });
} catch (_) { store.drop(key); }

function keep() {
  if (queue.size) store.write(key, JSON.stringify(Array.from(queue)));
  else store.drop(key);
}

/**
 * The answer to one item as it stands on the page.
 * @param {string} id
 */
function collect(id) {
  const body = new URLSearchParams();
  const field = find('[data-item="' + id + '"]');
  if (!field) return body;
  field.querySelectorAll('input, textarea, select').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    if ((input.type === 'radio' || input.type === 'checkbox') && !input.checked) return;
    body.append(input.name, input.value);
  });
  if (!body.has('answer.' + id)) body.append('answer.' + id, '');
  return body;
}

/** @param {string} text @param {boolean} unsaved */
function show(text, unsaved) {
  const box = find('[data-saved]');
  const line = find('[data-saved-text]');
  if (!box || !line) return;
  box.classList.toggle('is-unsaved', unsaved);
  line.textContent = text;
}

/** @param {number} ms */
function clock(ms) {
  const at = new Date(ms);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return two(at.getHours()) + (document.documentElement.lang === 'en' ? ':' : '.') + two(at.getMinutes());
}

/** @param {string} id */
function changed(id) {
  queue.set(id, collect(id).toString());
  keep();
  mapState(id);
  if (navigator.onLine === false) show(words('unsaved'), true);
  pump();
}

/** The square of the question map. @param {string} id */
function mapState(id) {
  const square = find('[data-nav="' + id + '"]');
  if (!square) return;
  const body = collect(id);
  const answered = body.getAll('answer.' + id).some((v) => v.trim() !== '');
  square.classList.toggle('is-answered', answered);
  square.classList.toggle('is-flagged', body.has('flag.' + id));
}

/** Sends the oldest waiting answer; one at a time. */
function pump() {
  if (busy || stopped || !queue.size || !url) return;
  clearTimeout(timer);
  const [id, body] = /** @type {[string, string]} */ (queue.entries().next().value);
  busy = true;
  show(words('saving'), false);
  const head = new URLSearchParams({ seq: String(seq), tab: tab, item: id }).toString();
  request(url, { method: 'POST', body: head + '&' + body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' } }, 15000)
    .then((answer) => answer.ok || answer.status === 409 ? answer.json().then((data) => done(id, body, answer.status, data)) : done(id, body, answer.status, {}))
    .catch(() => later())
    .then(() => { busy = false; if (!tries) pump(); });
}

/**
 * @param {string} id
 * @param {string} body
 * @param {number} status
 * @param {any} data
 */
function done(id, body, status, data) {
  if (status === 200) {
    seq = Number(data.seq) || seq + 1;
    const hidden = form.querySelector('input[name="seq"]');
    if (hidden instanceof HTMLInputElement) hidden.value = String(seq);
    if (queue.get(id) === body) queue.delete(id);
    keep();
    tries = 0;
    if (!queue.size) show(words('saved') + ' ' + clock(Number(data.saved) || now()), false);
    return;
  }
  if (status === 409) return stop('[data-stale]');
  if (status === 410) { queue.clear(); keep(); return stop('[data-closed]'); }
  if (status === 401 || status === 403 || status === 404) return stop('[data-stale]');
  if (status === 422 || status === 413) {
    queue.delete(id);
    keep();
    tries = 0;
    show(words('unsaved'), true);
    return;
  }
  later();
}

function later() {
  show(words('unsaved'), true);
  if (!tries) say(words('offline'));
  const pause = backoff(tries++);
  clearTimeout(timer);
  timer = window.setTimeout(() => { const n = tries; tries = 0; pump(); tries = n; }, pause);
}

/** Nothing is saved from this tab any more. @param {string} selector */
function stop(selector) {
  stopped = true;
  clearTimeout(timer);
  const box = find(selector);
  if (box) { box.hidden = false; box.scrollIntoView({ block: 'center' }); }
  form.querySelectorAll('fieldset.item').forEach((el) => { /** @type {HTMLFieldSetElement} */ (el).disabled = true; });
  show(words('unsaved'), queue.size > 0);
}

form.addEventListener('change', (event) => {
  const field = event.target instanceof Element ? event.target.closest('[data-item]') : null;
  if (field) changed(field.getAttribute('data-item') || '');
});
// Typed answers are saved when the hand rests, not only when the field is left: a dead battery leaves no field.
let typing = 0;
form.addEventListener('input', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) || input.type === 'radio' || input.type === 'checkbox') return;
  const field = input.closest('[data-item]');
  if (!field) return;
  show(words('unsaved'), true);
  clearTimeout(typing);
  typing = window.setTimeout(() => changed(field.getAttribute('data-item') || ''), 1500);
});

window.addEventListener('online', () => { tries = 0; pump(); });
form.addEventListener('submit', () => {
  leaving = true;
  stopped = true; // the form carries everything shown; a save under way must not race it
  store.drop(key);
});
window.addEventListener('beforeunload', (event) => {
  if (leaving || !queue.size || stopped) return;
  event.preventDefault();
  event.returnValue = words('leave');
});
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden' && queue.size) keep(); });

// Another tab of this browser with the same attempt: the newer one goes on.
if (typeof BroadcastChannel === 'function') {
  const channel = new BroadcastChannel(key);
  channel.onmessage = (event) => { if (event.data !== tab && !leaving) stop('[data-stale]'); };
  channel.postMessage(tab);
}

/* -- timer -- */
const ends = Number(form.getAttribute('data-ends'));
let base = Number(form.getAttribute('data-now')) || Date.now();
let mark = performance.now();
let wall = Date.now();

/** The server's clock. */
function now() { return base + performance.now() - mark; }

/** @param {number} at */
function set(at) { base = at; mark = performance.now(); wall = Date.now(); }

function ask() {
  return request('/waktu', {}, 8000).then((answer) => answer.text()).then((text) => { const at = Number(text); if (at > 1e12) set(at); }).catch(() => {});
}

const told = new Set();
let over = false;

function tick() {
  const left = Math.max(0, ends - now());
  const line = find('[data-timer-text]');
  const box = find('[data-timer]');
  if (!line || !box) return;
  const s = Math.ceil(left / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  line.textContent = (h ? h + ':' + two(Math.floor(s / 60) % 60) : String(Math.floor(s / 60))) + ':' + two(s % 60);
  box.classList.toggle('is-short', left < 5 * 60000);
  for (const minutes of [10, 5, 1]) {
    if (left <= minutes * 60000 && left > (minutes - 1) * 60000 && !told.has(minutes)) {
      told.add(minutes);
      say(words('minutes').replace('#', String(minutes)));
    }
  }
  // The phone slept: performance.now() may have stood still. Ask before believing.
  if (Math.abs(Date.now() - wall - (performance.now() - mark)) > 5000) { wall = Date.now() - (performance.now() - mark); ask(); return; }
  if (left <= 0 && !over) {
    over = true;
    // The server's clock decides; ours only asks it once more before handing in.
    ask().then(() => {
      if (ends - now() > 1500) { over = false; return; }
      say(words('over'));
      show(words('over'), false);
      const send = document.createElement('input');
      send.type = 'hidden';
      send.name = 'go';
      send.value = 'submit';
      form.appendChild(send);
      leaving = true;
      stopped = true;
      store.drop(key);
      form.submit();
    });
  }
}

if (ends > 0) {
  tick();
  setInterval(tick, 500);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') ask(); });
}

// What a reload found waiting is put back on the page before it is sent, so that page and server agree.
queue.forEach((body, id) => {
  const field = find('[data-item="' + id + '"]');
  const values = new URLSearchParams(body);
  if (!field) return;
  field.querySelectorAll('input, textarea').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    const kept = values.getAll(input.name);
    if (input.type === 'radio' || input.type === 'checkbox') input.checked = kept.indexOf(input.value) >= 0;
    else if (kept.length) input.value = kept[0];
  });
  mapState(id);
});
pump();
