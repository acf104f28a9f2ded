// @ts-check
/**
 * form[data-quiz]: saves each answer by itself, shows the time left, and notices when the attempt goes on elsewhere.
 * Without this module the form's own buttons save all answers shown.
 *
 * Protocol of data-save (POST, application/x-www-form-urlencoded; ReadQuizPost in parts_quiz.go reads it and the form alike):
 *
 *   seq           the sequence number of the attempt as this tab knows it
 *   tab           a random name of this tab
 *   shown         the id of each item whose answer is sent: one here, all on the page when the form is sent
 *   answer.<id>   the answer, several times for multiple choice, missing or empty when taken back
 *   flag.<id>=1   when the learner is unsure
 *   go            only when the form is sent: next, prev, a page number, review or submit
 *
 *   200 {"seq": 8, "saved": <ms since 1970>}   kept; the next save carries this seq
 *   409           somebody else saved after this tab's seq: a stale tab. The server accepts a save when its seq is the current one, or one
 *                 behind and the tab is the one that saved last: then only our answer to the client was lost on the way.
 *   410           the attempt is closed (handed in, time over)
 *   401, 403, 404 logged out elsewhere: the page asks to log in again, nothing is dropped
 *   422, 413      the answer cannot be kept as it is; it is not tried again
 *   anything else tried again later, with growing pauses
 *
 * Answers wait in the browser under apel.quiz.<attempt> until the server has them, also through a reload or a dead battery; one
 * save is under way at a time, and a newer answer to the same item takes the older one's place. A page that is opened later takes them up
 * again when nobody else saved meanwhile (data-seq is the one they were made on, or data-tab, who saved last, is the tab that
 * made them); otherwise the server's answers win and the learner is told.
 *
 * The timer shows the server's clock: data-now and data-ends are milliseconds of the server when the page was made; between
 * that, performance.now() counts, which no change of the phone's clock moves. After sleep the clock is asked again (/waktu).
 */
import { backoff, request, say, store } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-quiz]'));
const attempt = form.getAttribute('data-attempt') || '';
const url = form.getAttribute('data-save') || '';
const key = 'apel.quiz.' + attempt;
const random = () => Math.random().toString(36).slice(2, 12);
const instance = random(); // this page; a duplicated tab has another one
const tab = (() => {
  try {
    const known = sessionStorage.getItem('apel.tab');
    if (known) return known;
    const fresh = random();
    sessionStorage.setItem('apel.tab', fresh);
    return fresh;
  } catch (_) { return random(); }
})();

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
const WEEK = 7 * 24 * 3600 * 1000;

function keep() {
  if (queue.size) store.write(key, JSON.stringify({ seq: seq, tab: tab, at: Date.now(), items: Array.from(queue) }));
  else store.drop(key);
}

/** Takes up what an earlier page left waiting. */
function takeUp() {
  let kept;
  try { kept = JSON.parse(store.read(key) || 'null'); } catch (_) { kept = null; }
  if (!kept || !Array.isArray(kept.items) || !kept.items.length) { store.drop(key); return; }
  if (kept.seq !== seq && kept.tab !== form.getAttribute('data-tab')) {
    store.drop(key);
    const box = find('[data-newer]');
    if (box) box.hidden = false;
    return;
  }
  kept.items.forEach((/** @type {any} */ pair) => { if (Array.isArray(pair)) queue.set(String(pair[0]), String(pair[1])); });
  keep();
}

// What was left by attempts nobody came back to does not stay on a shared phone.
try {
  Object.keys(localStorage).filter((k) => k.indexOf('apel.quiz.') === 0 && k !== key).forEach((k) => {
    let at = 0;
    try { at = JSON.parse(localStorage.getItem(k) || '{}').at || 0; } catch (_) { at = 0; }
    if (Date.now() - at > WEEK) localStorage.removeItem(k);
  });
} catch (_) { /* no storage, nothing left */ }

/**
 * The answer to one item as it stands on the page.
 * @param {string} id
 */
function collect(id) {
  const body = new URLSearchParams({ shown: id });
  const field = find('[data-item="' + id + '"]');
  if (!field) return body;
  field.querySelectorAll('input, textarea, select').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    if (input.type === 'hidden') return;
    if ((input.type === 'radio' || input.type === 'checkbox') && !input.checked) return;
    body.append(input.name, input.value);
  });
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
  const head = new URLSearchParams({ seq: String(seq), tab: tab }).toString();
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
  if (status === 401 || status === 403 || status === 404) return stop('[data-login]');
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

let wanted = ''; // the button pressed while there was no signal

window.addEventListener('online', () => {
  tries = 0;
  if (wanted) leave(wanted);
  else pump();
});

/** Adds to the form what it must carry besides the answers on the page. @param {string} name @param {string} value */
function carry(name, value) {
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = name;
  input.value = value;
  input.setAttribute('data-carried', '');
  form.appendChild(input);
}

/** Fills in tab, sequence number and the answers of other pages that still wait. */
function load() {
  form.querySelectorAll('[data-carried]').forEach((el) => el.remove());
  carry('tab', tab);
  queue.forEach((body, id) => {
    if (find('[data-item="' + id + '"]')) return;
    new URLSearchParams(body).forEach((value, name) => carry(name, value));
  });
}

/** Sends the form as if the button had been pressed. @param {string} go */
function leave(go) {
  load();
  carry('go', go);
  leaving = true;
  stopped = true;
  form.submit();
}

form.addEventListener('submit', (event) => {
  const pressed = /** @type {any} */ (event).submitter || document.activeElement;
  // What is shown is kept first: a form sent into a dead spot is answered by the browser's own error page.
  form.querySelectorAll('[data-item]').forEach((el) => {
    const id = el.getAttribute('data-item') || '';
    if (queue.has(id)) queue.set(id, collect(id).toString());
  });
  keep();
  if (navigator.onLine === false) {
    event.preventDefault();
    wanted = pressed && pressed.name === 'go' ? pressed.value : 'next';
    show(words('unsaved'), true);
    say(words('offline'));
    return;
  }
  load();
  leaving = true;
  stopped = true; // the form carries everything; a save still under way is taken by the server as the same tab's
});
window.addEventListener('pageshow', (event) => {
  if (/** @type {PageTransitionEvent} */ (event).persisted) location.reload();
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
  channel.onmessage = (event) => { if (event.data !== instance && !leaving) stop('[data-stale]'); };
  channel.postMessage(instance);
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
      keep();
      leave('submit');
    });
  }
}

if (ends > 0) {
  tick();
  setInterval(tick, 500);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') ask(); });
}

// What was found waiting is put back on the page before it is sent, so that page and server agree.
takeUp();
queue.forEach((body, id) => {
  const field = find('[data-item="' + id + '"]');
  const values = new URLSearchParams(body);
  if (!field) return;
  field.querySelectorAll('input, textarea').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    const kept = values.getAll(input.name);
    if (input.type === 'hidden') return;
    if (input.type === 'radio' || input.type === 'checkbox') input.checked = kept.indexOf(input.value) >= 0;
    else if (kept.length) input.value = kept[0];
  });
  mapState(id);
});
pump();
