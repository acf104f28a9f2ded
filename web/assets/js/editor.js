// @ts-check
/**
 * form[data-editor]: shows the text as its readers will see it (rendered by the server), and keeps what is not saved in this browser under
 * apel.draft.<key>, through a reload, a lost connection or a dead battery. What was kept is taken up when the lesson is still the one it was written on
 * (data-guard); otherwise its author chooses. Without this module the button "preview" does the same, and nothing is kept.
 */
import { request, say, store } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-editor]'));
const area = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea[name="markdown"]'));
const key = 'apel.draft.' + (form.getAttribute('data-key') || '');
const guard = form.getAttribute('data-guard') || '';
/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => form.querySelector(selector);

/* -- what is not saved yet -- */
const kept = ['title', 'title_en', 'minutes', 'markdown'];

/** @param {string} name @returns {HTMLInputElement} */
const field = (name) => /** @type {any} */ (form.elements.namedItem(name));
/** @returns {Record<string, string>} */
function values() {
  /** @type {Record<string, string>} */
  const out = {};
  kept.forEach((name) => { if (field(name)) out[name] = field(name).value; });
  return out;
}
const served = JSON.stringify(values());

/** @param {Record<string, string>} from */
function fill(from) {
  kept.forEach((name) => { if (field(name) && typeof from[name] === 'string') field(name).value = from[name]; });
  preview();
}

/** @param {string} selector @param {boolean} shown */
function show(selector, shown) {
  const box = find(selector);
  if (box) box.hidden = !shown;
}

let earlier = null;
try { earlier = JSON.parse(store.read(key) || 'null'); } catch (_) { earlier = null; }
if (earlier && earlier.values && JSON.stringify(earlier.values) !== served && Date.now() - earlier.at < 14 * 24 * 3600 * 1000) {
  if (earlier.guard === guard) {
    fill(earlier.values);
    show('[data-restored]', true);
  } else show('[data-newer]', true);
} else store.drop(key);

form.querySelectorAll('[data-restore]').forEach((b) => b.addEventListener('click', () => {
  fill(earlier.values);
  show('[data-newer]', false);
  keep();
}));
form.querySelectorAll('[data-discard]').forEach((b) => b.addEventListener('click', () => {
  store.drop(key);
  fill(JSON.parse(served));
  show('[data-restored]', false);
  show('[data-newer]', false);
}));

function keep() {
  const now = values();
  if (JSON.stringify(now) === served) { store.drop(key); line(''); return; }
  store.write(key, JSON.stringify({ at: Date.now(), guard: guard, values: now }));
  line(form.getAttribute(navigator.onLine === false ? 'data-words-offline' : 'data-words-kept') || '');
}

/** @param {string} text */
function line(text) {
  const box = find('[data-kept-line]');
  if (box && box.textContent !== text) box.textContent = text;
}

let timer = 0;
form.addEventListener('input', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-apart]')) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => { keep(); preview(); }, 400);
});
form.addEventListener('submit', (event) => {
  keep();
  if (navigator.onLine !== false) return;
  event.preventDefault(); // the browser's own error page would take the text's place
  say(form.getAttribute('data-words-offline') || '');
});

/* -- the text as its readers will see it -- */
let asked = 0;
let last = '';
function preview() {
  if (area.value === last) return;
  last = area.value;
  const page = find('[data-page]');
  const wrong = find('[data-wrong]');
  const n = ++asked;
  if (!page || !wrong) return;
  if (!area.value.trim()) { page.textContent = ''; return; }
  request(form.getAttribute('data-preview') || '', { method: 'POST', body: new URLSearchParams({ markdown: area.value }) }, 15000)
    .then((answer) => answer.json()).then((data) => {
      if (n !== asked) return;
      wrong.hidden = !data.wrong;
      wrong.textContent = data.wrong || '';
      if (typeof data.html === 'string') page.innerHTML = data.html;
      const length = find('[data-length]');
      if (length && data.length) length.textContent = data.length;
    }).catch(() => { if (n === asked) last = ''; });
}

export { area, form, preview };
