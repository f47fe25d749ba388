// A chosen file is weighed before it is sent, and shown: its name, and the picture if it is one.
export default function file(part) {
  const input = part.querySelector('input[type=file]');
  const name = part.querySelector('[data-name]');
  const error = part.querySelector('[data-error]');
  const picture = part.querySelector('img');
  let shown;

  input.addEventListener('change', () => {
    const chosen = input.files[0];
    const heavy = chosen && chosen.size > Number(part.dataset.max);
    error.textContent = heavy ? part.dataset.heavy : '';
    error.hidden = !heavy;
    part.classList.toggle('wrong', Boolean(heavy));
    input.setAttribute('aria-invalid', Boolean(heavy));
    if (heavy) input.value = '';
    name.textContent = chosen && !heavy ? chosen.name : '';
    URL.revokeObjectURL(shown);
    const drawn = chosen && !heavy && chosen.type.startsWith('image/');
    picture.hidden = !drawn;
    if (drawn) picture.src = shown = URL.createObjectURL(chosen);
  });
}
