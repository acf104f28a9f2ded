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

// Here, because what was kept is filled in, and shown, while this module still runs.
let asked = 0;
let last = '';

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

// A new lesson was kept under a key of its own; once it is saved it is this page, and the next new lesson begins empty.
const fresh = form.getAttribute('data-key-new') || '';
if (fresh) {
  try {
    if (JSON.parse(store.read('apel.draft.' + fresh) || '').values.markdown.trim() === area.value.trim()) store.drop('apel.draft.' + fresh);
  } catch (_) { /* nothing was kept */ }
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
      if (typeof data.html === 'string') {
        const made = new DOMParser().parseFromString(data.html, 'text/html').body; // cleaned by the server
        page.textContent = '';
        while (made.firstChild) page.appendChild(made.firstChild);
      }
      const length = find('[data-length]');
      if (length && data.length) length.textContent = data.length;
    }).catch(() => { if (n === asked) last = ''; });
}

/* -- pictures: chosen, dropped or pasted; the line that shows them goes where one writes -- */
const files = /** @type {HTMLDetailsElement} */ (find('[data-files]'));
const chosen = /** @type {HTMLInputElement} */ (field('picture'));
const alt = field('alt');
const insert = /** @type {HTMLButtonElement} */ (find('[data-insert]'));
/** @type {File | null} */
let pasted = null;

/** @param {string} text */
function wrong(text) {
  const box = find('[data-file-wrong]');
  if (!box) return;
  box.hidden = !text;
  box.textContent = text;
}

function send() {
  const file = pasted || (chosen.files && chosen.files[0]);
  if (!file) { chosen.focus(); return; }
  if (!alt.value.trim()) { wrong(files.getAttribute('data-words-alt') || ''); alt.focus(); return; }
  const body = new FormData();
  body.append('alt', alt.value);
  body.append('picture', file);
  insert.disabled = true;
  wrong('');
  request(files.getAttribute('data-files') || '', { method: 'POST', body: body }, 180000)
    .then((answer) => answer.json()).then((data) => {
      if (!data.line) { wrong(data.wrong || ''); return; }
      const at = area.selectionEnd || area.value.length;
      const before = area.value.slice(0, at).replace(/\n*$/, '');
      area.value = (before ? before + '\n\n' : '') + data.line + '\n\n' + area.value.slice(at).replace(/^\n+/, '');
      pasted = null;
      chosen.value = '';
      alt.value = '';
      files.open = false;
      say(data.said || '');
      area.focus();
      keep();
      preview();
    }).catch(() => wrong(form.getAttribute('data-words-offline') || ''))
    .then(() => { insert.disabled = false; });
}
insert.addEventListener('click', (event) => { event.preventDefault(); send(); });
chosen.addEventListener('change', () => { pasted = null; });
alt.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  send();
});
/* -- text of a document: its headings, lists and tables become Markdown on the server; without a signal the bare text is taken -- */
/** @param {string} text */
function insertText(text) {
  area.focus();
  if (!document.execCommand('insertText', false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  keep();
  preview();
}

/** @param {string} html @param {string} plain */
function paste(html, plain) {
  const box = find('[data-pasted]');
  const list = find('[data-pasted-list]');
  request(form.getAttribute('data-paste') || '', { method: 'POST', body: new URLSearchParams({ html: html }) }, 30000)
    .then((answer) => answer.json()).then((data) => {
      const title = /^# (.+)/.exec(data.markdown || '');
      if (title && area.value.trim()) data.markdown = '#' + data.markdown; // a heading inside a lesson
      else if (title && !field('title').value) field('title').value = title[1];
      insertText(data.markdown || plain);
      if (data.markdown) say(form.getAttribute('data-words-pasted') || '');
      if (!box || !list) return;
      list.textContent = '';
      (data.said || (data.wrong ? [data.wrong] : [])).forEach((/** @type {string} */ text) => {
        const li = document.createElement('li');
        li.textContent = text;
        list.appendChild(li);
      });
      box.hidden = !list.firstChild;
    }).catch(() => insertText(plain));
}

area.addEventListener('paste', (event) => {
  const data = event.clipboardData;
  const html = data && data.getData('text/html');
  if (data && html && /<(h[1-6]|li|table|strong|b|em|i|a)[\s>]|mso-list|MsoHeading/i.test(html)) {
    event.preventDefault();
    paste(html, data.getData('text/plain'));
    return;
  }
  const file = data && !data.getData('text/plain') && Array.from(data.files).filter((f) => f.type.indexOf('image/') === 0)[0];
  if (!file) return;
  event.preventDefault();
  pasted = file;
  files.open = true;
  wrong(files.getAttribute('data-words-alt') || '');
  alt.focus();
});

export {};
