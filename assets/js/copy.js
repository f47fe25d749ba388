// Copies the address in the field. Where the browser lets nobody copy, the button stays hidden and
// the field can still be marked by hand.
export default function copy(part) {
  const [field, button, said] = ['input', 'button', '[role="status"]'].map((what) => part.querySelector(what));
  field.addEventListener('focus', () => field.select());
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(field.value);
    said.textContent = part.dataset.done;
  });
}
