// Keys on the screen for the fields named in data-for. They show while one of these has the
// focus, type where its caret stands, and never take the focus from it, so that a keyboard
// that is plugged in goes on working. With data-open they show at once, for the first field.
export default function keypad(pad) {
  const fields = pad.dataset.for.split(' ').map((id) => document.getElementById(id)).filter(Boolean);
  if (fields.length === 0) return;
  let field = fields[0];

  const show = (open) => {
    pad.hidden = !open;
    const page = document.documentElement;
    page.classList.toggle('with-keypad', Boolean(document.querySelector('.keypad:not([hidden])')));
    if (open) page.style.setProperty('--keypad', pad.offsetHeight + 'px');
  };

  for (const one of fields) {
    one.inputMode = 'none';
    one.addEventListener('focus', () => {
      field = one;
      for (const other of document.querySelectorAll('.keypad')) if (other !== pad) other.hidden = true;
      show(true);
      one.scrollIntoView({ block: 'nearest' });
    });
  }
  // A finger that comes down on a button takes the focus. If the keys went away at that moment the page would move under the
  // finger and the touch would be lost, so they go when the touch has been answered.
  let down = false;
  addEventListener('pointerdown', () => (down = true), true);
  for (const end of ['click', 'pointercancel']) addEventListener(end, () => setTimeout(() => (down = false)), true);
  document.addEventListener('focusin', (event) => {
    if (fields.includes(event.target) || pad.contains(event.target)) return;
    if (down) addEventListener('click', () => setTimeout(() => show(false)), { capture: true, once: true });
    else show(false);
  });

  const type = (words) => {
    const from = field.selectionStart ?? field.value.length;
    const to = field.selectionEnd ?? from;
    const room = field.maxLength < 0 ? Infinity : field.maxLength - field.value.length + to - from;
    if (words.length > room) return;
    field.setRangeText(words, from, to, 'end');
  };
  const remove = () => {
    const to = field.selectionEnd;
    let from = field.selectionStart;
    if (from === to) from -= [...field.value.slice(0, to)].at(-1)?.length ?? 0;
    field.setRangeText('', from, to, 'end');
  };

  // The caret must not leave the field when a key is pressed.
  pad.addEventListener('pointerdown', (event) => event.preventDefault());
  pad.addEventListener('mousedown', (event) => event.preventDefault());
  pad.addEventListener('click', (event) => {
    const key = event.target.closest('button');
    if (!key) return;
    if (document.activeElement !== field) field.focus();
    switch (key.dataset.act) {
      case 'done':
        field.blur();
        show(false);
        return;
      case 'delete':
        remove();
        break;
      case 'clear':
        field.value = '';
        break;
      default:
        type(key.dataset.key);
    }
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });

  if ('open' in pad.dataset) {
    show(true);
    if (!document.querySelector('.error-summary')) field.focus({ preventScroll: true });
  }
}
