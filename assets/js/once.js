// A form is sent once: a second press while the first is under way does nothing.
// The button keeps its place and its name in the form, so it is not disabled but refused.
export default function once(form) {
  let sentAt = 0;
  const rest = () => {
    sentAt = 0;
    form.removeAttribute('aria-busy');
  };
  form.addEventListener('submit', (event) => {
    if (sentAt && Date.now() - sentAt < 15000) {
      event.preventDefault();
      return;
    }
    sentAt = Date.now();
    form.setAttribute('aria-busy', 'true');
  });
  // The page may come back from the browser's memory with the form still marked as sent.
  addEventListener('pageshow', rest);
}
