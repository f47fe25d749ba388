// The print button is hidden until it can do something.
export default function printPage(button) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
