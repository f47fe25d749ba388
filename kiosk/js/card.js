// Reads the identity card: a nonce from the server, the card from the agent on this machine,
// which signs what it read for that nonce, and the signed read back to the server as a form.
// Nothing of the card is looked at here.
export default async function card(panel) {
  const { agent, nonces } = panel.dataset;
  const form = panel.querySelector('form');
  const button = panel.querySelector('[data-read]');
  const said = panel.querySelector('[data-said]');
  const words = panel.querySelector('[data-words]');
  let busy = false;
  panel.hidden = false;

  const say = (code) => {
    const known = words.querySelector(`[data-code="${CSS.escape(code)}"]`) ?? words.lastElementChild;
    said.textContent = known.textContent;
    panel.classList.toggle('waiting', code === 'wait' || code === 'checking');
  };

  const ask = async (address, body) => {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.code ?? 'answer');
    return content;
  };

  const read = async () => {
    if (busy) return;
    busy = true;
    say('wait');
    try {
      const { nonce } = await ask(nonces, {});
      const signed = await ask(agent + '/card-reads', { nonce });
      say('checking');
      form.elements.nonce.value = nonce;
      form.elements.read.value = signed.read;
      if ('emulator' in panel.dataset) await ask(agent + '/emulator/card', { name: '' }).catch(() => {});
      form.submit();
    } catch (problem) {
      say(problem.message);
      busy = false;
    }
  };
  button.addEventListener('click', read);

  if (!('emulator' in panel.dataset)) return;
  try {
    const { cards } = await (await fetch(agent + '/emulator/cards')).json();
    const row = panel.querySelector('[data-cards]');
    for (const name of cards) {
      const key = document.createElement('button');
      key.type = 'button';
      key.className = 'button secondary';
      key.textContent = name;
      key.addEventListener('click', async () => {
        try {
          await ask(agent + '/emulator/card', { name });
          read();
        } catch (problem) {
          say(problem.message);
        }
      });
      row.append(key);
    }
    panel.querySelector('[data-drawer]').hidden = cards.length === 0;
  } catch (problem) {
    console.warn('no emulated reader', problem.name);
  }
}
