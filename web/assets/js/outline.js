// @ts-check
/**
 * form[data-outline]: rows are dragged by their grip, with mouse, pen or finger. The order of the hidden fields is the order that is saved, so a row that
 * moves takes its field along; the form's own button saves. Without this module, and for keys, the buttons "up" and "down" do the same.
 */
import { say } from './util.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-outline]'));

const edge = 70; // pixels from the top and bottom of the window in which a held row scrolls the page

form.querySelectorAll('[data-grip]').forEach((grip) => {
  const row = /** @type {HTMLElement} */ (grip.closest('[data-row]'));
  grip.addEventListener('pointerdown', (event) => {
    const from = /** @type {PointerEvent} */ (event);
    if (from.button) return;
    event.preventDefault();
    grip.setPointerCapture(from.pointerId);
    row.classList.add('is-dragged');
    let moved = false;
    let y = from.clientY;
    let frame = 0;
    const place = () => {
      for (;;) { // a fast hand passes several rows between two events. The others move: a row taken out of the page would let go of the pointer
        const before = /** @type {HTMLElement | null} */ (row.previousElementSibling);
        const after = /** @type {HTMLElement | null} */ (row.nextElementSibling);
        if (before && y < before.getBoundingClientRect().top + before.offsetHeight / 2) row.after(before);
        else if (after && y > after.getBoundingClientRect().top + after.offsetHeight / 2) row.before(after);
        else break;
        moved = true;
      }
    };
    const scroll = () => { // held at an edge, towards rows that are out of sight
      frame = requestAnimationFrame(scroll);
      const by = y < edge ? -12 : y > innerHeight - edge ? 12 : 0;
      if (!by) return;
      scrollBy(0, by);
      place();
    };
    /** @param {Event} e */
    const move = (e) => {
      y = /** @type {PointerEvent} */ (e).clientY;
      place();
    };
    const end = () => {
      cancelAnimationFrame(frame);
      grip.removeEventListener('pointermove', move);
      grip.removeEventListener('pointerup', end);
      grip.removeEventListener('pointercancel', end);
      row.classList.remove('is-dragged');
      if (!moved) return;
      /** @type {HTMLElement} */ (row.parentElement).querySelectorAll('[data-grip]').forEach((g, i) => { g.textContent = String(i + 1); });
      form.classList.add('is-changed');
      say(form.getAttribute('data-words-moved') || '');
    };
    frame = requestAnimationFrame(scroll);
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', end);
    grip.addEventListener('pointercancel', end);
  });
});
