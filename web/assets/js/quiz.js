// @ts-check
/**
 * form[data-quiz]: saves each answer by itself, shows the time left, and notices when the attempt goes on elsewhere.
 * Without this module the form's own buttons save all answers shown.
 *
 * Protocol of data-save (POST, application/x-www-form-urlencoded), one item at a time:
 *
 *   seq           the sequence number of the attempt as this page knows it
 *   item          the id of the item
 *   as=text       for typed answers (numeric, short text)
 *   answer.<id>   the answer, several times for multiple choice, missing or empty when taken back
 *   parts.<id>    how many things the question asks, when it asks several; they are answer.<id>#1, #2 ..., with as.<id>#n=text for typed ones
 *
 *   check=1       the answer is also checked: what was asked is answered with 200 {..., "html": the question as it stands now}; see check()
 *
 *   200 {"seq": 8, "saved": "10.32"}   kept, at this time of the installation's zone; the next save carries this seq
 *   409           somebody else saved after this page's seq: a stale tab. The server answers 200 to a save that it has already stored
 *                 under this very seq (same content, seq one behind): then only its first answer was lost on the way. That is why
 *                 a save whose fate is unknown is sent again exactly as it was before anything newer is sent.
 *   410           the attempt is closed (handed in, time over)
 *   401, 403, 404 logged out elsewhere: the page asks to log in again, nothing is dropped
 *   422, 413      the answer cannot be kept as it is; it is not tried again
 *   anything else tried again later, with growing pauses
 *
 * The form itself sends seq, every shown item and its answer, the answers of other pages that still wait, and go (next, prev, a page
 * number, review or submit).
 *
 * A check waits like an answer does, and says so below its question: until it is answered the question is closed, so that what is checked is what is
 * seen. It is sent once: the server knows the same answer to the same question again and uses up no try.
 *
 * Answers wait in the browser under apel.quiz.<attempt> until the server has them, also through a reload or a dead battery; a newer
 * answer to the same item takes the older one's place. A page that is opened later takes them up again when nobody else saved
 * meanwhile; otherwise the server's answers win and the learner is told. "Ragu-ragu" is a note to oneself: it stays in this browser.
 *
 * The timer shows the server's clock: data-now and data-ends are milliseconds of the server when the page was made; between
 * that, performance.now() counts, which no change of the phone's clock moves. After sleep the clock is asked again (/waktu).
 */
import { backoff, request, say, store } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-quiz]'));
const attempt = form.getAttribute('data-attempt') || '';
const url = form.getAttribute('data-save') || '';
const key = 'apel.quiz.' + attempt;
const instance = Math.random().toString(36).slice(2, 12); // this page among the tabs of this browser

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
/** The save that is under way, or whose fate is unknown. @type {[string, string] | null} */
let flight = null;
/** Whether the flight is one of an earlier page: a conflict is then about old answers, not about this page. */
let probing = false;
const WEEK = 7 * 24 * 3600 * 1000;

/** @param {boolean} [sent] whether the form carries all of it */
function keep(sent) {
  if (queue.size || flight) store.write(key, JSON.stringify({ seq: seq, at: Date.now(), sent: !!sent, flight: flight, items: Array.from(queue) }));
  else store.drop(key);
}

/** The server's answers win over what waited here. @param {boolean} shown whether the page shows what waited already */
function newer(shown) {
  queue.clear();
  flight = null;
  store.drop(key);
  if (shown) {
    stopped = true;
    store.write(key + '.newer', '1');
    location.reload();
    return;
  }
  const box = find('[data-newer]');
  if (box) box.hidden = false;
}

/** Takes up what an earlier page left waiting. */
function takeUp() {
  let kept;
  try { kept = JSON.parse(store.read(key) || 'null'); } catch (_) { kept = null; }
  if (!kept || !Array.isArray(kept.items)) { store.drop(key); return; }
  /** @param {any} pair */
  const valid = (pair) => Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string';
  kept.items.filter(valid).forEach((/** @type {[string, string]} */ pair) => queue.set(pair[0], pair[1]));
  flight = valid(kept.flight) ? kept.flight : null;
  if (!queue.size && !flight) { store.drop(key); return; }
  if (kept.seq === seq) {
    if (flight && !queue.has(flight[0])) queue.set(flight[0], flight[1]);
    flight = null;
  } else if (kept.seq === seq - 1 && (flight || kept.sent)) {
    // The last save may be the one that is stored: ask by sending it once more under its own seq.
    if (!flight) {
      flight = /** @type {[string, string]} */ (queue.entries().next().value);
      queue.delete(flight[0]);
    }
    probing = true;
    seq = kept.seq;
  } else {
    newer(false);
  }
}
if (store.read(key + '.newer')) {
  store.drop(key + '.newer');
  newer(false);
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
  const body = new URLSearchParams();
  const field = find('[data-item="' + id + '"]');
  if (!field) return body;
  field.querySelectorAll('input, textarea, select').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    if (!input.name) return;
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

/** @param {string} id */
function changed(id) {
  queue.set(id, collect(id).toString());
  keep();
  mapState(id);
  if (navigator.onLine === false) show(words('unsaved'), true);
  pump();
}

/* -- checks -- */

/** @param {string} body */
const asksCheck = (body) => new URLSearchParams(body).has('check');

/** Says below a question that its check waits, or why there is none. @param {string} id @param {string} text @param {boolean} closed */
function waits(id, text, closed) {
  const field = /** @type {HTMLFieldSetElement | null} */ (find('[data-item="' + id + '"]'));
  const line = field && /** @type {HTMLElement | null} */ (field.querySelector('[data-check-text]'));
  if (!field || !line) return;
  field.disabled = closed;
  line.hidden = !text;
  line.textContent = text;
}

/** Tells at each question whose check waits how it stands. @param {string} text */
function checksWait(text) {
  if (flight && asksCheck(flight[1])) waits(flight[0], text, true);
  queue.forEach((body, id) => { if (asksCheck(body)) waits(id, text, true); });
}

/** Has the answer to a question checked. @param {string} id */
function check(id) {
  if (!answeredOn(id)) { waits(id, words('blank'), false); return; }
  clearTimeout(typing);
  const body = collect(id);
  body.append('check', '1');
  queue.set(id, body.toString());
  keep();
  mapState(id);
  checksWait(words(navigator.onLine === false ? 'uncheckable' : 'checking'));
  if (navigator.onLine === false) show(words('unsaved'), true);
  pump();
}

/** Puts the question as it stands after the check in the place of the one shown. @param {string} id @param {string} html */
function checkedNow(id, html) {
  const field = find('[data-item="' + id + '"]');
  const box = document.createElement('template');
  box.innerHTML = html;
  const now = box.content.querySelector('fieldset');
  if (!field || !now) return;
  field.parentNode && field.parentNode.replaceChild(now, field);
  mapState(id);
  showFlags();
  const said = /** @type {HTMLElement | null} */ (now.querySelector('.review'));
  if (!said) return;
  said.setAttribute('tabindex', '-1');
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: 'nearest' });
  say((said.textContent || '').trim());
}

/** Whether a question has an answer. @param {string} id */
function answeredOn(id) {
  let answered = false;
  collect(id).forEach((v, name) => { if ((name === 'answer.' + id || name.indexOf('answer.' + id + '#') === 0) && v.trim() !== '') answered = true; });
  return answered;
}

/** The square of the question map. @param {string} id */
function mapState(id) {
  const square = find('[data-nav="' + id + '"]');
  if (!square) return;
  square.classList.toggle('is-answered', answeredOn(id));
  const sum = find('[data-answered]');
  if (sum) sum.textContent = words('answered').replace('#', String(form.querySelectorAll('[data-nav].is-answered').length));
}

/** Sends the oldest waiting answer; one at a time. */
function pump() {
  if (busy || stopped || !url || (!queue.size && !flight)) return;
  clearTimeout(timer);
  if (!flight) {
    flight = /** @type {[string, string]} */ (queue.entries().next().value);
    queue.delete(flight[0]);
    keep();
  }
  busy = true;
  show(words('saving'), false);
  if (asksCheck(flight[1])) waits(flight[0], words('checking'), true);
  const body = 'seq=' + seq + '&' + flight[1];
  request(url, { method: 'POST', body: body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' } }, 15000)
    .then((answer) => answer.ok ? answer.json().then((data) => done(200, data)) : answer.json().catch(() => ({})).then((data) => done(answer.status, data)))
    .catch(() => later())
    .then(() => {
      busy = false;
      if (!flight && wanted) leave(wanted);
      else if (!tries) pump();
    });
}

/**
 * @param {number} status
 * @param {any} data
 */
function done(status, data) {
  if (stopped) return;
  if (status === 200) {
    seq = Number(data.seq);
    const hidden = form.querySelector('input[name="seq"]');
    if (hidden instanceof HTMLInputElement) hidden.value = String(seq);
    if (flight && data.html) checkedNow(flight[0], String(data.html));
    flight = null;
    probing = false;
    tries = 0;
    keep();
    if (!queue.size) show(words('saved') + ' ' + String(data.saved || ''), false);
    return;
  }
  if (status === 409 && probing) {
    newer(true);
    return;
  }
  if (status === 409) {
    // The newer answers win; ours are not carried into the next page.
    queue.clear();
    flight = null;
    keep();
    return stop('[data-stale]');
  }
  if (status === 410) { queue.clear(); flight = null; keep(); return stop('[data-closed]'); }
  if (status === 401 || status === 403 || status === 404) return stop('[data-login]');
  if (status === 422 || status === 413) {
    if (flight && asksCheck(flight[1])) waits(flight[0], String(data.text || ''), false);
    flight = null;
    tries = 0;
    keep();
    show(words('unsaved'), true);
    return;
  }
  later();
}

function later() {
  show(words('unsaved'), true);
  checksWait(words('uncheckable'));
  if (!tries) say(words('offline'));
  if (wanted && tries >= 2 && navigator.onLine !== false) { leave(wanted); return; } // the form may get through where this did not
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
  if (selector === '[data-login]') show(words('unsaved'), true);
}

form.addEventListener('change', (event) => {
  if (event.target instanceof Element && event.target.hasAttribute('data-flag')) { flagged(); return; }
  if (event.target instanceof Element && event.target.closest('[data-step]')) return; // a decision stands once it is sent: its own button sends it
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

let wanted = ''; // the button pressed while a save was under way or there was no signal

window.addEventListener('online', () => {
  tries = 0;
  if (wanted && !flight) leave(wanted);
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

/** Adds the answers of other pages that still wait, and keeps all that waits until the next page knows better. */
function load() {
  form.querySelectorAll('[data-carried]').forEach((el) => el.remove());
  // A save that failed again and again goes with the form; the server knows it if it arrived after all.
  if (flight && !queue.has(flight[0])) queue.set(flight[0], flight[1]);
  flight = null;
  queue.forEach((body, id) => {
    if (asksCheck(body)) waits(id, '', false); // the form keeps the answer; what was wanted now is to go on
    if (find('[data-item="' + id + '"]')) queue.set(id, collect(id).toString());
    else new URLSearchParams(body).forEach((value, name) => carry(name, value));
  });
  keep(true);
  leaving = true;
  stopped = true;
}

/** Sends the form as if the button had been pressed. @param {string} go */
function leave(go) {
  load();
  carry('go', go);
  form.submit();
}

form.addEventListener('submit', (event) => {
  const pressed = /** @type {any} */ (event).submitter || document.activeElement;
  const go = pressed && pressed.name === 'go' ? pressed.value : 'next';
  if (go.indexOf('check:') === 0 && !stopped) {
    event.preventDefault();
    check(go.slice(6));
    return;
  }
  if (navigator.onLine !== false && !flight) { load(); return; }
  // A save under way must not race the form, and a form sent into a dead spot is answered by the browser's own error page.
  event.preventDefault();
  wanted = go;
  if (flight) pump();
  if (navigator.onLine === false) {
    show(words('unsaved'), true);
    say(words('offline'));
  }
});
window.addEventListener('pageshow', (event) => {
  if (/** @type {PageTransitionEvent} */ (event).persisted) location.reload();
});

/* -- unsure: a note to oneself, in this browser only -- */
const flagKey = 'apel.flags.' + attempt;

function flagged() {
  const on = Array.from(form.querySelectorAll('[data-flag]')).filter((el) => /** @type {HTMLInputElement} */ (el).checked).map((el) => el.getAttribute('data-flag') || '');
  const shown = Array.from(form.querySelectorAll('[data-flag]')).map((el) => el.getAttribute('data-flag') || '');
  const rest = (store.read(flagKey) || '').split(' ').filter((id) => id && shown.indexOf(id) < 0);
  store.write(flagKey, rest.concat(on).join(' '));
  showFlags();
}

function showFlags() {
  const on = (store.read(flagKey) || '').split(' ');
  form.querySelectorAll('[data-flag]').forEach((el) => { /** @type {HTMLInputElement} */ (el).checked = on.indexOf(el.getAttribute('data-flag') || '') >= 0; });
  form.querySelectorAll('[data-nav]').forEach((el) => el.classList.toggle('is-flagged', on.indexOf(el.getAttribute('data-nav') || '') >= 0));
}
showFlags();

window.addEventListener('beforeunload', (event) => {
  if (leaving || stopped || (!queue.size && !flight)) return;
  event.preventDefault();
  event.returnValue = words('leave');
});
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });

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
/** @param {string} body @param {string} id */
const putBack = (body, id) => {
  const field = find('[data-item="' + id + '"]');
  const values = new URLSearchParams(body);
  if (!field) return;
  /** @type {Object<string, number>} */
  const used = {};
  field.querySelectorAll('input, textarea, select').forEach((el) => {
    const input = /** @type {HTMLInputElement} */ (el);
    if (!input.name || input.type === 'hidden') return;
    let kept = values.getAll(input.name);
    if (el instanceof HTMLSelectElement) { used[input.name] = (used[input.name] || 0) + 1; kept = kept.slice(used[input.name] - 1); }
    if (input.type === 'radio' || input.type === 'checkbox') input.checked = kept.indexOf(input.value) >= 0;
    else input.value = kept[0] || '';
  });
  mapState(id);
};
if (flight) putBack(flight[1], flight[0]);
queue.forEach(putBack);
checksWait(words(navigator.onLine === false ? 'uncheckable' : 'checking'));
pump();
