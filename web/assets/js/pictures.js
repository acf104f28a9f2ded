// @ts-check
/** [data-files]: pictures, video and sound, chosen, dropped or pasted; the server makes them small, and the line that shows them goes where one writes. */
import { request, say } from './util.js';

/**
 * @param {HTMLFormElement} form
 * @param {{areas: () => HTMLTextAreaElement[], changed: () => void}} o areas: the texts that may show something; with several, select[name=into] says which
 */
export function pictures(form, o) {
  const files = /** @type {HTMLDetailsElement} */ (form.querySelector('[data-files]'));
  const chosen = /** @type {HTMLInputElement} */ (form.elements.namedItem('picture'));
  const alt = /** @type {HTMLInputElement} */ (form.elements.namedItem('alt'));
  const into = form.elements.namedItem('into');
  const insert = /** @type {HTMLButtonElement} */ (form.querySelector('[data-insert]'));
  /** @type {File | null} */
  let pasted = null;

  /** @returns {HTMLTextAreaElement} */
  function area() {
    const all = o.areas();
    return into instanceof HTMLSelectElement && all.filter((a) => a.name === into.value)[0] || all[0];
  }

  /** @param {string} text */
  function wrong(text) {
    const box = /** @type {HTMLElement | null} */ (files.querySelector('[data-file-wrong]'));
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
    body.append('only', files.getAttribute('data-only') || '');
    body.append('picture', file);
    insert.disabled = true;
    wrong('');
    request(files.getAttribute('data-files') || '', { method: 'POST', body: body }, 180000)
      .then((answer) => answer.json()).then((data) => {
        if (!data.line) { wrong(data.wrong || ''); return; }
        const to = area();
        const at = to.selectionEnd || to.value.length;
        const before = to.value.slice(0, at).replace(/\n*$/, '');
        to.value = (before ? before + '\n\n' : '') + data.line + '\n\n' + to.value.slice(at).replace(/^\n+/, '');
        pasted = null;
        chosen.value = '';
        alt.value = '';
        files.open = false;
        say(data.said || '');
        to.focus();
        o.changed();
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

  form.addEventListener('paste', (event) => {
    const to = event.target;
    const data = event.clipboardData;
    if (event.defaultPrevented || !data || !(to instanceof HTMLTextAreaElement) || o.areas().indexOf(to) < 0) return;
    const file = !data.getData('text/plain') && Array.from(data.files).filter((f) => f.type.indexOf('image/') === 0)[0];
    if (!file) return;
    event.preventDefault();
    pasted = file;
    if (into instanceof HTMLSelectElement) into.value = to.name;
    files.open = true;
    wrong(files.getAttribute('data-words-alt') || '');
    alt.focus();
  });
}
