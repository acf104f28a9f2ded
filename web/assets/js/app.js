// @ts-check
/**
 * The one module every page loads. Every page works without it; it makes what is there quicker to use, and fetches the
 * modules that a page asks for by its data- attributes, so a page's author writes no script:
 *
 *   form[data-table]            searching and sorting send themselves          table.js
 *   [data-change]               the form is sent when this control changes
 *   [data-dialog="id"]          opens dialog#id as a modal                     dialog.js
 *   form[data-quiz]             autosave, timer, stale tab                     quiz.js
 *   [data-rubric]               marking from the keyboard                     marking.js
 *   [data-stream="url"]         waits for the server's event stream            waiting.js
 *   form[data-reading]          reports a lesson read to its end               reading.js
 *   [data-live="url"]           is drawn anew when the server's stream says so live.js
 *   form[data-outline]          rows are dragged into their order              outline.js
 *   form[data-editor]           preview, pasted pictures, a kept draft         editor.js
 *   form[data-item]             pasted pictures, a kept draft                  item.js
 *   [data-saved="id"]           what was kept under this id is stored now
 *   [data-copy="text"]          copies and says so
 *   [data-print]                prints
 *   [data-reveal="id"]          shows a password
 *   [data-drop]                 a file may be dropped into the box
 *   [data-reload]               loads the page again
 *   [data-focus]                takes the focus when the page opens (error summary)
 *   [data-kept]                 lists lessons kept for reading offline         kept.js
 *   form[data-once]             is sent once, however often one presses
 *
 * Floor: Chrome/WebView 80 (see js_test.go for what may not be used).
 */
import { on, say, store, toast } from './util.js';

document.documentElement.classList.add('js');

// What this browser keeps belongs to one person; phones and office computers are shared. Logging in again as the same person keeps it.
const owner = document.documentElement.getAttribute('data-owner');
if (owner && store.read('apel.owner') !== owner) {
  if (store.read('apel.owner')) forget();
  store.write('apel.owner', owner);
}

// A form that was stored is no longer waiting here.
const saved = document.querySelector('[data-saved]');
if (saved) waiting('apel.draft.').filter((k) => (store.read(k) || '').indexOf('"id":"' + saved.getAttribute('data-saved') + '"') > 0).forEach((k) => store.drop(k));

const wanted = /** @type {Array<[string, () => Promise<unknown>]>} */ ([
  ['form[data-table]', () => import('./table.js')],
  ['[data-dialog]', () => import('./dialog.js')],
  ['form[data-quiz]', () => import('./quiz.js')],
  ['[data-rubric]', () => import('./marking.js')],
  ['[data-stream]', () => import('./waiting.js')],
  ['form[data-reading]', () => import('./reading.js')],
  ['[data-live]', () => import('./live.js')],
  ['[data-kept]', () => import('./kept.js')],
  ['form[data-outline]', () => import('./outline.js')],
  ['form[data-editor]', () => import('./editor.js')],
  ['form[data-item]', () => import('./item.js')],
]);
// html[data-ready] says that they stand, for tools that drive a browser: an answer clicked before that goes with the form only.
Promise.all(wanted.filter((part) => document.querySelector(part[0])).map((part) => part[1]().catch(() => { /* the page works without it */ })))
  .then(() => document.documentElement.setAttribute('data-ready', ''));

on('change', '[data-change]', (el) => {
  const form = /** @type {HTMLInputElement} */ (el).form;
  if (form) form.submit();
});

on('click', '[data-copy]', (el) => {
  const text = el.getAttribute('data-copy') || '';
  copy(text).then((ok) => toast(ok ? word('Disalin.', 'Copied.') : text));
});

on('click', '[data-print]', () => window.print());

on('click', '[data-reload]', (_el, event) => {
  event.preventDefault();
  location.reload();
});

on('click', '[data-reveal]', (el) => {
  const input = document.getElementById(el.getAttribute('data-reveal') || '');
  if (!(input instanceof HTMLInputElement)) return;
  const shown = input.type === 'password';
  input.type = shown ? 'text' : 'password';
  el.setAttribute('aria-pressed', String(shown));
});

// A menu closes when one looks elsewhere.
document.addEventListener('click', (event) => {
  document.querySelectorAll('details.menu[open]').forEach((menu) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute('open');
  });
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.menu[open]');
  if (open) {
    open.removeAttribute('open');
    const summary = open.querySelector('summary');
    if (summary) summary.focus();
  } else if (location.hash === '#menu') {
    location.hash = '#isi';
  }
});
// The phone's menu is opened by its address (#menu), so "back" closes it; the focus goes in and out with it.
window.addEventListener('hashchange', () => {
  if (location.hash !== '#menu') return;
  const first = document.querySelector('#menu a');
  if (first instanceof HTMLElement) first.focus();
});
if (location.hash === '#menu') location.replace('#isi');

// Theme: shown at once, kept by the same form without JavaScript.
on('click', '[data-preferences] button[name="tampilan"]', (el, event) => {
  const button = /** @type {HTMLButtonElement} */ (el);
  const form = button.form;
  if (!form || !window.fetch) return;
  event.preventDefault();
  const root = document.documentElement;
  if (button.value === 'terang') root.setAttribute('data-theme', 'light');
  else if (button.value === 'gelap') root.setAttribute('data-theme', 'dark');
  else root.removeAttribute('data-theme');
  form.querySelectorAll('button[name="tampilan"]').forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
  fetch(form.action, { method: 'POST', body: new URLSearchParams({ tampilan: button.value }), redirect: 'manual' }).catch(() => {});
});

on('submit', 'form[data-once]', (el, event) => {
  if (el.hasAttribute('data-sent')) event.preventDefault();
  else el.setAttribute('data-sent', '');
});
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-sent]').forEach((form) => form.removeAttribute('data-sent'));
});

// Dropping a file into the box is choosing it.
document.querySelectorAll('[data-drop]').forEach((box) => {
  const input = box.querySelector('input[type="file"]');
  if (!(input instanceof HTMLInputElement)) return;
  ['dragover', 'dragenter'].forEach((name) => box.addEventListener(name, (event) => {
    event.preventDefault();
    box.classList.add('is-over');
  }));
  ['dragleave', 'drop'].forEach((name) => box.addEventListener(name, () => box.classList.remove('is-over')));
  box.addEventListener('drop', (event) => {
    const data = /** @type {DragEvent} */ (event).dataTransfer;
    if (!data || !data.files.length) return;
    event.preventDefault();
    input.files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
});

// The answer one has chosen is marked as a whole; :has() is too young for our phones.
const mark = () => document.querySelectorAll('.item:not([disabled]) .choice-answer input').forEach((input) => {
  const choice = input.closest('.choice-answer');
  if (choice) choice.classList.toggle('is-chosen', /** @type {HTMLInputElement} */ (input).checked);
});
on('change', '.choice-answer input', mark);
mark();

const summary = document.querySelector('[data-focus]');
if (summary instanceof HTMLElement) summary.focus();

// Without a signal a small bar says so, once, and goes away by itself.
let bar = /** @type {HTMLElement | null} */ (null);
const signal = () => {
  if (navigator.onLine === false && !bar) {
    bar = document.createElement('div');
    bar.className = 'offline-bar';
    bar.setAttribute('role', 'status');
    bar.textContent = word('Tidak ada sinyal', 'No signal');
    document.body.appendChild(bar);
  } else if (navigator.onLine !== false && bar) {
    bar.remove();
    bar = null;
    say(word('Sinyal kembali', 'Signal is back'));
  }
};
window.addEventListener('online', signal);
window.addEventListener('offline', signal);
signal();

on('submit', 'form[action="/keluar"]', (_el, event) => {
  if (waiting('apel.draft.').length &&
    !window.confirm(word('Ada tulisan pelajaran atau soal yang belum disimpan. Tulisan itu hilang jika Anda keluar sekarang. Tetap keluar?',
      'The text of a lesson or an item is not saved yet. It is lost if you log out now. Log out all the same?'))) {
    event.preventDefault();
    return;
  }
  if (waiting('apel.quiz.').some((k) => /"(items|flight)":\[[^\]]/.test(store.read(k) || '')) &&
    !window.confirm(word('Ada jawaban tes yang belum terkirim. Jawaban itu hilang jika Anda keluar sekarang. Tetap keluar?',
      'Some test answers have not been sent yet. They are lost if you log out now. Log out all the same?'))) {
    event.preventDefault();
    return;
  }
  forget();
});

/** The keys of what waits in this browser: answers of tests (apel.quiz., quiz.js), texts of lessons and items (apel.draft., keeping.js). @param {string} prefix @returns {string[]} */
function waiting(prefix) {
  try { return Object.keys(localStorage).filter((k) => k.indexOf(prefix) === 0); } catch (_) { return []; }
}

/** Drops what was kept for whoever was here. */
function forget() {
  waiting('apel.quiz.').concat(waiting('apel.draft.')).forEach((k) => store.drop(k));
  if ('caches' in window) caches.delete('apel-lessons').catch(() => {});
}

if ('serviceWorker' in navigator && window.isSecureContext) {
  window.addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => {}));
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'hide';
  document.body.appendChild(area);
  area.select();
  let ok = false;
  try { ok = document.execCommand('copy'); } catch (_) { ok = false; }
  area.remove();
  return Promise.resolve(ok);
}

/**
 * The few words a script says by itself; what pages know is handed over in data-words-.
 * @param {string} id
 * @param {string} en
 */
function word(id, en) {
  return document.documentElement.lang === 'en' ? en : id;
}
