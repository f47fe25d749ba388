// A picture of a document: nearer, farther, turned. Without this module it stands in the page in full width.
// The keys + - 0 r work while the picture has the focus; the arrows scroll it.
export default function viewer(part) {
  const stage = part.querySelector('[data-stage]');
  const box = stage.querySelector('div');
  const image = box.querySelector('img');
  const said = part.querySelector('[data-said]');
  let zoom = 1;
  let turn = 0;

  function draw() {
    const { naturalWidth: w, naturalHeight: h } = image;
    if (!w) return;
    const lying = turn % 180 !== 0;
    const scale = (stage.clientWidth / (lying ? h : w)) * zoom;
    const moved = { 0: '', 90: `translateX(${h * scale}px)`, 180: `translate(${w * scale}px, ${h * scale}px)`, 270: `translateY(${w * scale}px)` };
    box.style.width = `${(lying ? h : w) * scale}px`;
    box.style.height = `${(lying ? w : h) * scale}px`;
    image.style.width = `${w * scale}px`;
    image.style.transform = `${moved[turn]} rotate(${turn}deg)`;
    said.textContent = `${Math.round(zoom * 100)} %`;
  }

  const does = {
    nearer: () => (zoom = Math.min(zoom * 1.25, 8)),
    farther: () => (zoom = Math.max(zoom / 1.25, 0.25)),
    whole: () => ((zoom = 1), (turn = 0)),
    turn: () => (turn = (turn + 90) % 360),
  };
  const keys = { '+': 'nearer', '=': 'nearer', '-': 'farther', 0: 'whole', r: 'turn' };
  const act = (name) => {
    does[name]();
    draw();
  };

  part.querySelector('[data-tools]').hidden = false;
  for (const button of part.querySelectorAll('[data-do]')) button.addEventListener('click', () => act(button.dataset.do));
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    act(keys[event.key]);
  });
  part.classList.add('live');
  image.addEventListener('load', draw);
  addEventListener('resize', draw);
  draw();
}
