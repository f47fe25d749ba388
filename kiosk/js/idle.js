// The clock that wipes the screen. After data-warn seconds without a touch a warning covers the
// page; at data-wipe seconds the visit is ended at the server and the start page takes the
// place of this one. In mode "silent" (nobody's visit) there is no warning and it ends at
// data-warn. A touch is told to the server at most every data-ping seconds, and only a touch:
// a screen that nobody touches must not keep a visit alive.
export default function idle(dialog) {
  const { mode, alive, end, home } = dialog.dataset;
  const [warn, wipe, ping] = ['warn', 'wipe', 'ping'].map((name) => Number(dialog.dataset[name]) * 1000);
  const count = dialog.querySelector('[data-count]');
  let touched = Date.now();
  let told = touched;
  let over = false;

  const finish = async () => {
    if (over) return;
    over = true;
    try {
      await fetch(end, { method: 'POST', redirect: 'manual', keepalive: true, signal: AbortSignal.timeout(4000) });
    } catch (problem) {
      console.warn('the visit ends at the server by itself', problem.name);
    }
    location.replace(home);
  };

  const tell = async () => {
    told = Date.now();
    try {
      const answer = await fetch(alive, { method: 'POST', redirect: 'manual' });
      if (answer.status !== 204) finish(); // the server has ended the visit
    } catch (problem) {
      console.warn('the server did not hear of the touch', problem.name);
    }
  };

  const touch = () => {
    if (!over && !dialog.open) touched = Date.now();
  };
  for (const event of ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove']) {
    addEventListener(event, touch, { capture: true, passive: true });
  }

  const stay = () => {
    dialog.close();
    touched = Date.now();
    tell();
  };
  dialog.querySelector('[data-stay]').addEventListener('click', stay);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    stay();
  });

  setInterval(() => {
    if (over) return;
    const now = Date.now();
    const quiet = now - touched;
    if (mode === 'silent') {
      if (quiet >= warn) finish();
      return;
    }
    if (quiet >= wipe) {
      finish();
    } else if (quiet >= warn) {
      count.textContent = Math.ceil((wipe - quiet) / 1000);
      if (!dialog.open) dialog.showModal();
    } else if (touched > told && now - told >= ping) {
      tell();
    }
  }, 1000);

  // A page out of the browser's memory may belong to somebody else's visit: ask the server again.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}
