// @ts-check
/** form[data-item]: the editor of an item keeps what is not saved yet and takes pictures where they may stand. Without this module the buttons of the form do the same. */
import { keeping } from './keeping.js';
import { pictures } from './pictures.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-item]'));
const into = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem('into'));
const drafts = keeping(form, (el) => el.name !== 'revision', () => {});

if (into) {
  const places = Array.from(into.options).map((option) => option.value);
  pictures(form, {
    areas: () => Array.from(form.querySelectorAll('textarea')).filter((el) => places.indexOf(el.name) >= 0),
    changed: drafts.keep,
  });
}
