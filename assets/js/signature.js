// A pad to sign on with finger, pen or mouse. What is drawn travels with the form as a picture, and is drawn
// again when the form comes back.
export default function signature(part) {
  const canvas = part.querySelector('canvas');
  const pen = canvas.getContext('2d');
  const field = part.querySelector('input[name=signature]');
  let last;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  Object.assign(pen, { lineWidth: 5, lineCap: 'round', lineJoin: 'round', strokeStyle: '#000' });

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    pen.beginPath();
    pen.moveTo(...last);
    for (const point of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...(last = at(point)));
    pen.stroke();
  });
  for (const end of ['pointerup', 'pointercancel'])
    canvas.addEventListener(end, () => {
      if (!last) return;
      last = undefined;
      field.value = canvas.toDataURL('image/png');
    });
  part.querySelector('[data-clear]').addEventListener('click', () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = '';
  });
  if (field.value) {
    const before = new Image();
    before.addEventListener('load', () => pen.drawImage(before, 0, 0));
    before.src = field.value;
  }
  part.querySelector('[data-pad]').hidden = false;
}
