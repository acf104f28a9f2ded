// @ts-check
/**
 * [data-rubric]: marking from the keyboard. A digit chooses that level of the criterion in focus, or of the first one without a level, and goes on to the next; Ctrl+Enter
 * presses the first button. Saving is quiz.js's work.
 */
const rubric = /** @type {HTMLElement} */ (document.querySelector('[data-rubric]'));
const form = /** @type {HTMLFormElement} */ (rubric.closest('form'));
const rows = Array.from(rubric.querySelectorAll('[data-criterion]'));

/** @param {Element} row @returns {HTMLInputElement[]} */
const levels = (row) => Array.from(row.querySelectorAll('input'));

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    const send = form.querySelector('button[value="give"]');
    if (send instanceof HTMLButtonElement) { event.preventDefault(); send.click(); }
    return;
  }
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key) || at.closest('textarea, select, input:not([type="radio"])')) return;
  const row = at.closest('[data-criterion]') || rows.find((r) => !levels(r).some((x) => x.checked));
  const choice = row && levels(row)[Number(event.key) - 1];
  if (!row || !choice || rubric.hasAttribute('disabled')) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event('change', { bubbles: true }));
  const next = rows[rows.indexOf(row) + 1];
  if (next) (levels(next).find((x) => x.checked) || levels(next)[0]).focus();
  else { const note = rubric.querySelector('textarea'); if (note) note.focus(); }
});
