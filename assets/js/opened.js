// A signed code opens this page with its digits behind the #, which stays in the browser. They are
// handed over in the body of the form, so that no log on the way ever holds them, and taken out of
// the address, so that Back comes to an empty page and not here again.
export default function opened(part) {
  const digits = location.hash.slice(1);
  const form = part.querySelector('form');
  if (!digits || !form) return;
  form.elements.code.value = part.dataset.address + digits;
  history.replaceState(null, '', location.pathname);
  form.requestSubmit();
}
