// Selects that depend on each other (province, prefecture, county). Without script the person
// presses the button beside a select; here the change does it: the form is sent with that
// button's name and value, and the same part is cut out of the page that comes back.
export default function cascade(part) {
  let running;
  part.toggleAttribute('data-live', true);

  part.addEventListener('change', async (event) => {
    const select = event.target.closest('select');
    const button = select && part.querySelector(`[data-show-after="${select.id}"]`);
    const form = part.closest('form');
    if (!button || !form) return;
    running?.abort();
    running = new AbortController();
    part.setAttribute('aria-busy', 'true');
    try {
      const sent = new FormData(form);
      for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
      sent.set(button.name, button.value);
      const get = form.method === 'get';
      const address = new URL(button.getAttribute('formaction') ?? form.getAttribute('action') ?? '', location.href);
      if (get) address.search = new URLSearchParams(sent);
      const plain = form.enctype === 'multipart/form-data' ? sent : new URLSearchParams(sent);
      const answer = await fetch(address, {
        method: get ? 'GET' : 'POST',
        body: get ? undefined : plain,
        headers: { 'Anju-Fragment': part.id },
        signal: running.signal,
      });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(part.id);
      if (!fresh) throw new Error('no ' + part.id + ' in the answer, status ' + answer.status);
      const holder = part.parentElement;
      part.replaceWith(fresh);
      document.getElementById(select.id)?.focus();
      holder.dispatchEvent(new Event('anju:swap', { bubbles: true }));
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      // The network failed: the buttons come back and do the same by hand.
      part.removeAttribute('aria-busy');
      part.removeAttribute('data-live');
    }
  });
}
