// @ts-check
/**
 * [data-live="url"]#id: listens to the event stream and, at each event named "changed", takes the element with the same id out of this page as the server
 * draws it now. What is typed elsewhere on the page stays. Without event streams the element is looked at every 15 seconds.
 */
const url = (document.querySelector('[data-live]') || document.body).getAttribute('data-live') || '';
let busy = false;
let again = false;

function draw() {
  if (busy) { again = true; return; }
  busy = true;
  fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' })
    .then((answer) => answer.ok ? answer.text() : '')
    .then((text) => {
      if (!text) return;
      const fresh = new DOMParser().parseFromString(text, 'text/html');
      document.querySelectorAll('[data-live]').forEach((el) => {
        const now = el.id && fresh.getElementById(el.id);
        if (!now || now.isEqualNode(el) || el.contains(document.activeElement) && document.activeElement !== document.body) return;
        el.replaceWith(document.importNode(now, true));
      });
    })
    .catch(() => { /* the next event tries again */ })
    .then(() => { busy = false; if (again) { again = false; draw(); } });
}

if (url && typeof EventSource === 'function') {
  const stream = new EventSource(url);
  stream.addEventListener('changed', draw);
} else if (url) {
  setInterval(draw, 15000);
}

export {};
