// @ts-check
/**
 * form[data-editor]: shows the text of a lesson as its readers will see it (rendered by the server), keeps what is not saved (keeping.js), takes pictures (pictures.js) and
 * documents that are pasted. Without this module the button "preview" does the same, and nothing is kept.
 */
import { keeping } from './keeping.js';
import { pictures } from './pictures.js';
import { request, say } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-editor]'));
const area = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea[name="markdown"]'));
/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => form.querySelector(selector);

// Here, because what was kept is filled in, and shown, while this module still runs.
let asked = 0;
let last = '';

const drafts = keeping(form, (el) => ['title', 'title_en', 'minutes', 'markdown'].indexOf(el.name) >= 0, preview);
drafts.when(preview);
pictures(form, { areas: () => [area], changed: changed });

function changed() {
  drafts.keep();
  preview();
}

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

/* -- text of a document: its headings, lists and tables become Markdown on the server; without a signal the bare text is taken -- */
/** @param {string} text */
function insertText(text) {
  area.focus();
  if (!document.execCommand('insertText', false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  changed();
}

const titled = form.elements.namedItem('title');
/** @param {string} html @param {string} plain */
function paste(html, plain) {
  const box = find('[data-pasted]');
  const list = find('[data-pasted-list]');
  request(form.getAttribute('data-paste') || '', { method: 'POST', body: new URLSearchParams({ html: html }) }, 30000)
    .then((answer) => answer.json()).then((data) => {
      const title = /^# (.+)/.exec(data.markdown || '');
      if (title && area.value.trim()) data.markdown = '#' + data.markdown; // a heading inside a lesson
      else if (title && titled instanceof HTMLInputElement && !titled.value) titled.value = title[1];
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
  }
});

export {};
