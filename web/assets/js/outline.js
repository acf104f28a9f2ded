// @ts-check
/**
 * form[data-outline]: rows are dragged by their grip, with mouse, pen or finger. The order of the hidden fields is the order that is saved, so a row that
 * moves takes its field along; the form's own button saves. Without this module, and for keys, the buttons "up" and "down" do the same.
 */
import { say } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-outline]'));

form.querySelectorAll('[data-grip]').forEach((grip) => {
  const row = /** @type {HTMLElement} */ (grip.closest('[data-row]'));
  grip.addEventListener('pointerdown', (event) => {
    const from = /** @type {PointerEvent} */ (event);
    if (from.button) return;
    event.preventDefault();
    grip.setPointerCapture(from.pointerId);
    row.classList.add('is-dragged');
    let moved = false;
    /** @param {Event} e */
    const move = (e) => {
      const y = /** @type {PointerEvent} */ (e).clientY;
      const before = /** @type {HTMLElement | null} */ (row.previousElementSibling);
      const after = /** @type {HTMLElement | null} */ (row.nextElementSibling);
      if (before && y < before.getBoundingClientRect().top + before.offsetHeight / 2) {
        before.before(row);
        moved = true;
      } else if (after && y > after.getBoundingClientRect().top + after.offsetHeight / 2) {
        after.after(row);
        moved = true;
      }
    };
    const end = () => {
      grip.removeEventListener('pointermove', move);
      grip.removeEventListener('pointerup', end);
      grip.removeEventListener('pointercancel', end);
      row.classList.remove('is-dragged');
      if (!moved) return;
      /** @type {HTMLElement} */ (row.parentElement).querySelectorAll('[data-grip]').forEach((g, i) => { g.textContent = String(i + 1); });
      form.classList.add('is-changed');
      say(form.getAttribute('data-words-moved') || '');
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', end);
    grip.addEventListener('pointercancel', end);
  });
});
