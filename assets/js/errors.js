// The error summary takes the focus when the page opens; its links bring the label of the
// question into view, not only the control.
export default function errors(summary) {
  summary.focus();
  summary.addEventListener('click', (event) => {
    const control = document.getElementById(event.target.closest('a')?.hash.slice(1) ?? '');
    if (!control) return;
    event.preventDefault();
    (control.closest('fieldset') ?? control.closest('.question') ?? control).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
