// @ts-check
/**
 * form[data-table]: filters and sorting send the form when they change. Searching waits for Enter or the button: a request
 * per letter is nothing for a weak signal. A search that may hold a NIP (8 digits or more) is never put into an address;
 * such tables post their form (Table.SearchPost).
 */
import { on } from './util.js';

on('change', 'form[data-table] select', (el) => {
  const form = /** @type {HTMLSelectElement} */ (el).form;
  if (!form) return;
  // Empty values only make the address long.
  if (form.method === 'get') {
    form.querySelectorAll('select, input').forEach((field) => {
      const f = /** @type {HTMLInputElement} */ (field);
      if (f.value === '') f.disabled = true;
    });
  }
  form.submit();
});

window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-table] [disabled]').forEach((field) => field.removeAttribute('disabled'));
});
