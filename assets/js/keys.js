// Short keys of the staff desk, in Anju's help at "?". A letter alone is a key only outside of fields, and
// whoever dictates or leans on the keyboard can switch them off there (WCAG 2.1.4); the choice stays in
// this browser.
const stored = 'anju-keys';
const on = () => localStorage.getItem(stored) !== 'off';

const rows = () => [...document.querySelectorAll('main table tbody tr')].map((row) => row.querySelector('a[href]')).filter(Boolean);

function move(step) {
  const links = rows();
  const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  links[here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
}

const does = {
  '/': () => {
    const field = document.getElementById('term');
    if (field) field.focus();
    else location.assign('/console#term');
  },
  '?': () => location.assign('/console/help'),
  j: () => move(1),
  k: () => move(-1),
};

document.addEventListener('keydown', (event) => {
  if (!on() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest('input, select, textarea, [contenteditable], [data-own-keys]')) return;
  const act = does[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

if (location.hash === '#term') document.getElementById('term')?.focus();

for (const button of document.querySelectorAll('[data-keys]')) {
  const show = () => {
    button.hidden = false;
    button.textContent = on() ? button.dataset.off : button.dataset.on;
    button.setAttribute('aria-pressed', String(on()));
  };
  button.addEventListener('click', () => {
    localStorage.setItem(stored, on() ? 'off' : 'on');
    show();
  });
  show();
}
