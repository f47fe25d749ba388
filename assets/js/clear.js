// A verdict tells of somebody, so it leaves the screen by itself. Phones stop timers while they
// sleep: when the page is looked at again, its age counts and not the timer.
export default function clear(note) {
  const due = Date.now() + Number(note.dataset.seconds) * 1000;
  const look = () => {
    if (Date.now() >= due) location.replace(note.dataset.next);
    else setTimeout(look, due - Date.now());
  };
  look();
  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', look);
}
