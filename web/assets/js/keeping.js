// @ts-check
/**
 * What is written in a form and not saved yet, kept in this browser under apel.draft.<data-key>, through a reload, a lost connection or a dead battery. What was kept is
 * filled in again when the thing is still the one it was written on (data-guard) and the form has the same fields; otherwise its author chooses. A page that shows what was
 * sent and not stored (data-unsaved) keeps on keeping. The field "writing" goes along with the form, so that the page that says "saved" can name what it was (app.js).
 */
import { say, store } from './util.js';

/**
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control
 * @param {HTMLFormElement} form
 * @param {(control: Control) => boolean} counts whether a control is kept
 * @param {() => void} filled runs after values were put in
 * @returns {{keep: () => void, when: (act: () => void) => void}} when: runs a moment after something was typed
 */
export function keeping(form, counts, filled) {
  const key = 'apel.draft.' + (form.getAttribute('data-key') || '');
  const guard = form.getAttribute('data-guard') || '';
  const unsaved = form.hasAttribute('data-unsaved');
  const writing = form.elements.namedItem('writing');
  const id = Math.random().toString(36).slice(2, 10);
  if (writing instanceof HTMLInputElement) writing.value = id;

  /** @returns {Control[]} */
  const controls = () => Array.from(form.elements).filter((el) => (el instanceof HTMLInputElement && el.type !== 'file' || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement) &&
    el.name && el.name !== 'writing' && !el.closest('[data-apart]') && counts(/** @type {any} */ (el))).map((el) => /** @type {any} */ (el));
  /** @param {Control} el */
  const read = (el) => (el instanceof HTMLInputElement && el.type === 'checkbox' ? (el.checked ? el.value : '') : el.value);
  /** @returns {Record<string, string>} */
  function values() {
    /** @type {Record<string, string>} */
    const out = {};
    controls().forEach((el) => { out[el.name] = read(el); });
    return out;
  }
  /** @param {Record<string, string>} from */
  function fill(from) {
    controls().forEach((el) => {
      const value = from[el.name];
      if (typeof value !== 'string') return;
      if (el instanceof HTMLInputElement && el.type === 'checkbox') el.checked = value !== '';
      else el.value = value;
    });
    filled();
  }
  /** @param {string} selector @param {boolean} shown */
  function show(selector, shown) {
    const box = /** @type {HTMLElement | null} */ (form.querySelector(selector));
    if (box) box.hidden = !shown;
  }
  /** @param {string} text */
  function line(text) {
    const box = form.querySelector('[data-kept-line]');
    if (box && box.textContent !== text) box.textContent = text;
  }

  const served = values();
  const same = JSON.stringify(served);

  // A new thing was kept under a key of its own; once it is saved it is this page, and the next new one begins empty.
  const fresh = form.getAttribute('data-key-new') || '';
  if (fresh) {
    try {
      const text = JSON.parse(store.read('apel.draft.' + fresh) || '').values.markdown.trim();
      if (text === (served.markdown || '').trim()) store.drop('apel.draft.' + fresh);
    } catch (_) { /* nothing was kept */ }
  }

  /** @type {{at: number, guard: string, values: Record<string, string>} | null} */
  let earlier = null;
  try { earlier = JSON.parse(store.read(key) || 'null'); } catch (_) { earlier = null; }
  const fits = (/** @type {Record<string, string>} */ from) => Object.keys(from).join() === Object.keys(served).join();
  if (unsaved) keep();
  else if (earlier && earlier.values && JSON.stringify(earlier.values) !== same && Date.now() - earlier.at < 14 * 24 * 3600 * 1000) {
    if (earlier.guard === guard && fits(earlier.values)) {
      fill(earlier.values);
      show('[data-restored]', true);
    } else show('[data-newer]', true);
  } else store.drop(key);

  form.querySelectorAll('[data-restore]').forEach((b) => b.addEventListener('click', () => {
    if (!earlier) return;
    if (!fits(earlier.values)) { send(earlier.values); return; }
    fill(earlier.values);
    show('[data-newer]', false);
    keep();
  }));
  form.querySelectorAll('[data-discard]').forEach((b) => b.addEventListener('click', () => {
    store.drop(key);
    fill(served);
    show('[data-restored]', false);
    show('[data-newer]', false);
  }));

  /** Other rows than the page has: the server draws them. @param {Record<string, string>} from */
  function send(from) {
    const out = document.createElement('form');
    out.method = 'post';
    out.action = form.action;
    const all = Object.assign({}, from, { go: 'preview' });
    const revision = form.elements.namedItem('revision');
    if (revision instanceof HTMLInputElement) Object.assign(all, { revision: revision.value });
    Object.keys(all).forEach((name) => {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = /** @type {Record<string, string>} */ (all)[name];
      out.appendChild(field);
    });
    document.body.appendChild(out);
    out.submit();
  }

  function keep() {
    const now = values();
    if (!unsaved && JSON.stringify(now) === same) { store.drop(key); line(''); return; }
    store.write(key, JSON.stringify({ at: Date.now(), id: id, guard: guard, values: now }));
    line(form.getAttribute(navigator.onLine === false ? 'data-words-offline' : 'data-words-kept') || '');
  }

  let timer = 0;
  let act = () => {};
  form.addEventListener('input', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-apart]')) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => { keep(); act(); }, 400);
  });
  form.addEventListener('submit', (event) => {
    keep();
    if (navigator.onLine !== false) return;
    event.preventDefault(); // the browser's own error page would take the text's place
    say(form.getAttribute('data-words-offline') || '');
  });
  return { keep, when: (f) => { act = f; } };
}
