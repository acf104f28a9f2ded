// @ts-check
/**
 * form[data-quiz]: saves each answer by itself, shows the time left, and notices when the attempt goes on elsewhere.
 * Without this module the form's own buttons save all answers shown.
 *
 * Protocol of data-save (POST, application/x-www-form-urlencoded), one item at a time:
 *
 *   seq           the sequence number of the attempt as this page knows it
 *   tab           the number of this page; the one opened last writes
 *   item          the id of the item
 *   as=text       for typed answers (numeric, short text)
 *   answer.<id>   the answer, several times for multiple choice, missing or empty when taken back
 *   parts.<id>    how many things the question asks, when it asks several; they are answer.<id>#1, #2 ..., with as.<id>#n=text for typed ones
 *
 * Protocol of data-file-url (POST, multipart/form-data), one file of one item at a time: seq, tab, item, and file (with instead, the file whose place it takes) or remove,
 * the file to be taken back. It is answered as a save, with html: the question as it stands now. 422 and 413 say in text what is wrong with the file. Sending the same file
 * again after an answer that got lost is answered as the first time. Files wait in this page only, behind the answers that wait.
 *
 *   check=1       the answer is also checked: what was asked is answered with 200 {..., "html": the question as it stands now}; see check()
 *
 *   200 {"seq": 8, "saved": "10.32", "ends": ms, "advice": ""}   kept, at this time of the installation's zone; the next save carries this seq; ends
 *                 is the end by the server's clock, which follows extra time; advice says why what was typed cannot be read as what is asked for
 *   409           another page was opened, or somebody saved after this page's seq: a stale tab. What waited here is held in this browser and
 *                 offered when the page is loaded again. The server answers 200 to a save that it has already stored
 *                 under this very seq (same content, seq one behind): then only its first answer was lost on the way. That is why
 *                 a save whose fate is unknown is sent again exactly as it was before anything newer is sent.
 *   410           the attempt is closed (handed in, time over)
 *   423           an invigilator has stopped the clock, or the device has left the exam's network: tried again later
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
 * Under invigilation data-pulse is posted every half minute (tab, away and seconds: how often and how long the page was left since the
 * last one) and answers {open, now, ends, paused, stale, messages: [{id, text}]}.
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
const tab = form.getAttribute('data-tab') || '0';
let busy = false;
let paused = false;
let typing = 0;
let typed = ''; // the item being typed
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
/** Files to be sent or taken back, oldest first. @type {Array<{item: string, file: File | null, instead: string, remove: string, tried: boolean}>} */
const outbox = [];
const fileURL = form.getAttribute('data-file-url') || '';
const WEEK = 7 * 24 * 3600 * 1000;

/** @param {boolean} [sent] whether the form carries all of it */
function keep(sent) {
  if (queue.size || flight) store.write(key, JSON.stringify({ seq: seq, at: Date.now(), sent: !!sent, flight: flight, items: Array.from(queue) }));
  else store.drop(key);
}

/** Answers this page has that the server may lack are held for the next time it is loaded. @returns {string[]} the items */
function hold() {
  if (typing) { clearTimeout(typing); typing = 0; if (typed && find('[data-item="' + typed + '"]')) queue.set(typed, collect(typed).toString()); }
  if (flight && !queue.has(flight[0])) queue.set(flight[0], flight[1]);
  const ids = Array.from(queue.keys());
  if (ids.length) store.write(key + '.held', JSON.stringify({ at: Date.now(), items: Array.from(queue) }));
  return ids;
}

/** The numbers of questions, for a sentence. @param {string[]} ids */
function numbers(ids) {
  return words('held').replace('#', ids.map((id) => { const square = find('[data-nav="' + id + '"]'); return ((square && /\d+/.exec(square.textContent || '')) || ['?'])[0]; }).join(', '));
}

/** The server's answers win over what waited here. @param {boolean} shown whether the page shows what waited already */
function newer(shown) {
  hold();
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
    if (!input.name || input.type === 'file') return;
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

/* -- files -- */

/** Says below a question how its file stands. @param {string} id @param {string} text */
function fileState(id, text) {
  const line = find('[data-item="' + id + '"] [data-file-text]');
  if (!line) return;
  line.hidden = !text;
  line.textContent = text;
}

/** @param {string} text said at each question whose file waits */
function filesWait(text) { outbox.forEach((w, n) => fileState(w.item, n && text === words('file-busy') ? words('file-queued') : text)); }

/** Takes a file that was chosen. @param {HTMLInputElement} input */
function chosen(input) {
  const field = input.closest('[data-item]');
  const file = input.files && input.files[0];
  if (!field || !file || stopped) return;
  const id = field.getAttribute('data-item') || '';
  const before = field.querySelector('[data-instead]');
  queueFile({ item: id, file: file, instead: before instanceof HTMLInputElement ? before.value : '', remove: '', tried: false });
}

/** @param {{item: string, file: File | null, instead: string, remove: string, tried: boolean}} what */
function queueFile(what) {
  const waiting = outbox.findIndex((w) => w.item === what.item && !w.tried && !!w.file === !!what.file);
  if (waiting >= 0) outbox[waiting] = what; // another one chosen before the first was sent
  else outbox.push(what);
  fileState(what.item, words(navigator.onLine === false ? 'file-waits' : outbox.length > 1 || queue.size || flight ? 'file-queued' : 'file-busy'));
  if (navigator.onLine === false) { show(words('unsaved'), true); say(words('file-waits')); }
  pump();
}

/** Sends the oldest file. XMLHttpRequest tells how far it has come, and a phone that sends nothing for half a minute has no signal. */
function sendFile() {
  const what = outbox[0];
  const body = new FormData();
  body.append('seq', String(seq));
  body.append('tab', tab);
  body.append('item', what.item);
  if (what.file) { body.append('instead', what.instead); body.append('file', what.file, what.file.name); } else body.append('remove', what.remove);
  busy = true;
  what.tried = true;
  show(words('saving'), false);
  const x = new XMLHttpRequest();
  let still = 0;
  const alive = () => { clearTimeout(still); still = window.setTimeout(() => x.abort(), 30000); };
  x.open('POST', fileURL);
  x.setRequestHeader('Accept', 'application/json');
  x.upload.onprogress = (event) => {
    alive();
    const part = event.lengthComputable ? Math.floor(event.loaded / event.total * 100) : 0;
    fileState(what.item, part >= 100 ? words('file-busy') : words('file-sending').replace('#', String(part)));
  };
  x.onloadend = () => {
    clearTimeout(still);
    busy = false;
    let data = /** @type {any} */ ({});
    try { data = JSON.parse(x.responseText || '{}'); } catch (_) { /* not ours: judged by its status */ }
    fileDone(x.status, data, what);
    settled();
  };
  alive();
  x.send(body);
}

/** @param {number} status @param {any} data @param {{item: string, file: File | null}} what */
function fileDone(status, data, what) {
  if (stopped) return;
  if (status === 200 && data.html || status === 422 || status === 413) {
    outbox.shift();
    tries = 0;
  }
  if (status === 200 && data.html) {
    seq = Number(data.seq);
    const hidden = form.querySelector('input[name="seq"]');
    if (hidden instanceof HTMLInputElement) hidden.value = String(seq);
    const now = redraw(what.item, String(data.html));
    show(words('saved') + ' ' + String(data.saved || ''), false);
    say(words('saved'));
    if (now) { const next = /** @type {HTMLElement | null} */ (now.querySelector('.files a, input[type="file"]')); if (next) next.focus({ preventScroll: true }); }
    if (data.ends) moved(Number(data.ends), false);
    return;
  }
  if (status === 422 || status === 413) {
    wanted = '';
    const input = find('[data-item="' + what.item + '"] input[type="file"]');
    if (input instanceof HTMLInputElement) input.value = '';
    fileState(what.item, String(data.text || words('unsaved')));
    show(words('unsaved'), true);
    say(String(data.text || ''));
    return;
  }
  if (status === 409) return outdated();
  if (status === 410) { outbox.length = 0; return stop('[data-closed]'); }
  if (status === 401 || status === 403 || status === 404) return stop('[data-login]');
  filesWait(words('file-waits'));
  later();
}

/** Puts a question as the server drew it in the place of the one shown. @param {string} id @param {string} html @returns {HTMLElement | null} */
function redraw(id, html) {
  const field = find('[data-item="' + id + '"]');
  const drawn = new DOMParser().parseFromString(html, 'text/html').querySelector('fieldset');
  if (!field || !drawn) return null;
  const now = document.importNode(drawn, true);
  field.parentNode && field.parentNode.replaceChild(now, field);
  mapState(id);
  showFlags();
  return now;
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

/** Says below a question why its answer cannot be read. @param {string} id @param {string} text */
function advise(id, text) {
  const line = find('[data-item="' + id + '"] [data-advice]');
  const words = line && line.querySelector('span');
  if (!line || !words || (words.textContent === text && line.hidden === !text)) return;
  words.textContent = text;
  line.hidden = !text;
  if (text) say(text);
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
  const now = redraw(id, html);
  if (!now) return;
  const said = /** @type {HTMLElement | null} */ (now.querySelector('[data-advice]:not([hidden])') || now.querySelector('.review'));
  if (!said) return;
  said.setAttribute('tabindex', '-1');
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: 'nearest' });
  say((said.textContent || '').trim());
}

/** Whether a question has an answer. @param {string} id */
function answeredOn(id) {
  const field = find('[data-item="' + id + '"]');
  let answered = !!field && /\breview-/.test(field.className); // closed by its check: it has no controls any more
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
  if (busy || stopped || !url) return;
  if (outbox.length && (outbox[0].tried || (!queue.size && !flight))) {
    clearTimeout(timer);
    if (navigator.onLine === false) filesWait(words('file-waits')); // the event online goes on
    else sendFile();
    return;
  }
  if (!queue.size && !flight) return;
  clearTimeout(timer);
  if (!flight) {
    flight = /** @type {[string, string]} */ (queue.entries().next().value);
    queue.delete(flight[0]);
    keep();
  }
  busy = true;
  show(words('saving'), false);
  if (asksCheck(flight[1])) waits(flight[0], words('checking'), true);
  const body = 'seq=' + seq + '&tab=' + tab + '&' + flight[1];
  request(url, { method: 'POST', body: body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' } }, 15000)
    .then((answer) => answer.ok ? answer.json().then((data) => done(200, data)) : answer.json().catch(() => ({})).then((data) => done(answer.status, data)))
    .catch(() => later())
    .then(() => {
      busy = false;
      settled();
    });
}

/** After an answer of the server: on with what the learner wanted, or with what waits. */
function settled() {
  if (!flight && !outbox.length && wanted) leave(wanted);
  else if (!tries) pump();
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
    else if (flight && !queue.has(flight[0]) && !(typing && typed === flight[0])) advise(flight[0], String(data.advice || ''));
    flight = null;
    probing = false;
    tries = 0;
    keep();
    if (!queue.size) show(words('saved') + ' ' + String(data.saved || ''), false);
    if (data.ends) moved(Number(data.ends), false);
    return;
  }
  if (status === 409 && probing) {
    newer(true);
    return;
  }
  if (status === 409) {
    return outdated();
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
  show(paused ? words('paused') : words('unsaved'), true);
  if (!paused) checksWait(words('uncheckable'));
  if (!tries && !paused) say(words('offline'));
  if (wanted && tries >= 2 && navigator.onLine !== false) { leave(wanted); return; } // the form may get through where this did not
  const pause = backoff(tries++);
  clearTimeout(timer);
  timer = window.setTimeout(() => { const n = tries; tries = 0; pump(); tries = n; }, pause);
}

/** Another page goes on; what was not saved from here is held and offered later. */
function outdated() {
  const ids = hold();
  queue.clear();
  flight = null;
  keep();
  const here = find('[data-held-here]');
  if (here && ids.length) { here.hidden = false; list('[data-held-here]', ids); }
  stop('[data-stale]');
}

/** @param {string} box @param {string[]} ids */
function list(box, ids) {
  const at = find(box + ' [data-held-list]');
  if (at) at.textContent = numbers(ids) + '.';
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
  if (event.target instanceof HTMLInputElement && event.target.type === 'file') { chosen(event.target); return; }
  if (event.target instanceof Element && event.target.closest('[data-step]')) return; // a decision stands once it is sent: its own button sends it
  const field = event.target instanceof Element ? event.target.closest('[data-item]') : null;
  if (field) changed(field.getAttribute('data-item') || '');
});
// Typed answers are saved when the hand rests, not only when the field is left: a dead battery leaves no field.
form.addEventListener('input', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) || input.type === 'radio' || input.type === 'checkbox' || input.type === 'file') return;
  const field = input.closest('[data-item]');
  if (!field) return;
  show(words('unsaved'), true);
  clearTimeout(typing);
  typed = field.getAttribute('data-item') || '';
  typing = window.setTimeout(() => { typing = 0; changed(field.getAttribute('data-item') || ''); }, 1500);
});

let wanted = ''; // the button pressed while a save was under way or there was no signal

window.addEventListener('online', () => {
  tries = 0;
  if (wanted && !flight && !outbox.length) leave(wanted);
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
  // Nothing but what was typed goes with a form that hands in when the time is over: a file would come too late.
  if (go === 'submit') form.querySelectorAll('input[type="file"]').forEach((el) => { /** @type {HTMLInputElement} */ (el).disabled = true; });
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
  if (fileURL && !stopped && (go.indexOf('unfile:') === 0 || go.indexOf('file:') === 0)) {
    event.preventDefault();
    const [kind, item, file] = go.split(':');
    const input = find('[data-item="' + item + '"] input[type="file"]');
    if (kind === 'unfile') queueFile({ item: item, file: null, instead: '', remove: file, tried: false });
    else if (input instanceof HTMLInputElement && input.files && input.files.length) { tries = 0; if (!outbox.some((w) => w.item === item)) chosen(input); else pump(); }
    else if (input) input.focus();
    return;
  }
  if (navigator.onLine !== false && !flight && !outbox.length) { load(); return; }
  // A save under way must not race the form, and a form sent into a dead spot is answered by the browser's own error page.
  event.preventDefault();
  wanted = go;
  if (flight || outbox.length) pump();
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
  if (leaving || stopped || (!queue.size && !flight && !outbox.length)) return;
  event.preventDefault();
  event.returnValue = words('leave');
});
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });

// Another tab of this browser with the same attempt: the newer one goes on.
if (typeof BroadcastChannel === 'function') {
  const channel = new BroadcastChannel(key);
  channel.onmessage = (event) => { if (event.data !== instance && !leaving && !stopped) outdated(); };
  channel.postMessage(instance);
}

/* -- timer -- */
let ends = Number(form.getAttribute('data-ends'));
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

/** The end has moved: extra time, a pause that ended, another closing. @param {number} at @param {boolean} quietly */
function moved(at, quietly) {
  if (!at || Math.abs(at - ends) < 1000) return;
  const longer = at > ends;
  ends = at;
  over = false;
  told.clear();
  tick();
  if (quietly) return;
  const text = words(longer ? 'longer' : 'shorter').replace('#', String(Math.max(0, Math.floor((ends - now()) / 60000))));
  const box = find('[data-changed]');
  const line = find('[data-changed-text]');
  if (box && line) { line.textContent = text; box.hidden = false; }
  say(text);
}

function tick() {
  if (paused) return;
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

/* -- under invigilation: says that it is there, hears of pauses, messages and a new end -- */
const pulseURL = form.getAttribute('data-pulse') || '';
let away = 0;
let seconds = 0;
let since = 0; // when the page was left; 0: it is looked at
let beat = 0;

function gone() { if (!since) { since = Date.now(); away++; } }
function back() { if (since) { seconds += Math.round((Date.now() - since) / 1000); since = 0; } }

/** @param {boolean} on @param {boolean} quietly */
function pauseAll(on, quietly) {
  if (on === paused) return;
  paused = on;
  const box = find('[data-paused]');
  if (box) box.hidden = !on;
  form.querySelectorAll('fieldset.item').forEach((el) => { /** @type {HTMLFieldSetElement} */ (el).disabled = on; });
  const line = find('[data-timer-text]');
  if (on && line) line.textContent = words('paused');
  if (quietly) return;
  if (on && box) { box.scrollIntoView({ block: 'center' }); return; }
  say(words('resumed'));
  tick();
  tries = 0;
  pump();
}

/** @param {Array<{id: string, text: string}>} messages the latest first */
function hear(messages) {
  const box = find('[data-messages]');
  const lines = find('[data-message-list]');
  if (!box || !lines) return;
  messages.slice().reverse().forEach((m) => {
    if (lines.querySelector('[data-message="' + m.id + '"]')) return;
    const line = document.createElement('li');
    line.setAttribute('data-message', m.id);
    line.textContent = m.text;
    lines.insertBefore(line, lines.firstChild);
    box.hidden = false;
    box.scrollIntoView({ block: 'center' });
    say(m.text);
  });
}

function pulse() {
  clearTimeout(beat);
  if (stopped || leaving) return;
  const times = away;
  const was = seconds;
  request(pulseURL, { method: 'POST', body: 'tab=' + tab + '&away=' + times + '&seconds=' + was, headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' } }, 10000)
    .then((answer) => answer.ok ? answer.json() : null)
    .then((data) => {
      if (!data || stopped || leaving) return;
      away -= times;
      seconds -= was;
      if (!data.open) { leaving = true; location.reload(); return; }
      if (data.stale) { outdated(); return; }
      set(Number(data.now));
      const waking = paused && !data.paused;
      if (!data.paused) moved(Number(data.ends), waking);
      pauseAll(!!data.paused, false);
      hear(data.messages || []);
    })
    .catch(() => { /* the next one tells */ })
    .then(() => { beat = window.setTimeout(pulse, paused ? 8000 : 30000); });
}

if (pulseURL) {
  const box = find('[data-paused]');
  if (box && !box.hidden) pauseAll(true, true);
  window.addEventListener('blur', gone);
  window.addEventListener('focus', back);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') gone(); else { back(); pulse(); } });
  beat = window.setTimeout(pulse, 3000);
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
    if (!input.name || input.type === 'hidden' || input.type === 'file') return;
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

/* -- what an earlier page of this browser held when another one went on -- */
const heldKey = key + '.held';
/** @type {Array<[string, string]>} */
let held = [];
try { held = (JSON.parse(store.read(heldKey) || 'null') || {}).items || []; } catch (_) { held = []; }
held = held.filter((pair) => Array.isArray(pair) && find('[data-item="' + pair[0] + '"]') && collect(pair[0]).toString() !== pair[1]);
if (held.length) {
  const box = find('[data-held]');
  if (box) box.hidden = false;
  list('[data-held]', held.map((pair) => pair[0]));
  const done = () => { store.drop(heldKey); if (box) box.hidden = true; };
  const use = find('[data-held-use]');
  const drop = find('[data-held-drop]');
  if (use) use.addEventListener('click', () => { held.forEach((pair) => { putBack(pair[1], pair[0]); changed(pair[0]); }); done(); });
  if (drop) drop.addEventListener('click', done);
} else {
  store.drop(heldKey);
}
