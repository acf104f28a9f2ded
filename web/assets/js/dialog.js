// @ts-check
/**
 * [data-dialog="id"] opens dialog#id as a modal, [data-dialog-close] closes it. Browsers without <dialog> keep the link: the
 * box is shown by its address (#id).
 */
import { on } from './util.js';

/** @type {WeakMap<Element, Element>} */
const openers = new WeakMap();

on('click', '[data-dialog]', (el, event) => {
  const box = /** @type {any} */ (document.getElementById(el.getAttribute('data-dialog') || ''));
  if (!box || typeof box.showModal !== 'function') return;
  event.preventDefault();
  if (!box.open) box.showModal();
  openers.set(box, el);
});

// The opener is written as a link, and announced as a button: the space bar works as on a button.
on('keydown', '[data-dialog], [data-dialog-close]', (el, event) => {
  if (/** @type {KeyboardEvent} */ (event).key === ' ') {
    event.preventDefault();
    /** @type {HTMLElement} */ (el).click();
  }
});

on('click', '[data-dialog-close]', (el, event) => {
  const box = /** @type {any} */ (el.closest('dialog'));
  if (!box || !box.open) return;
  event.preventDefault();
  box.close();
});

document.addEventListener('close', (event) => {
  const opener = event.target instanceof Element ? openers.get(event.target) : null;
  if (opener instanceof HTMLElement) opener.focus();
}, true);
