// The loader. An element names the modules that make it better in data-module, separated by
// spaces; each module exports one default function that takes the element. A module that fails
// to load or to start says so in the console and leaves the others, and the plain page, alone.
const attached = new WeakMap();

function attach(root) {
  for (const element of root.querySelectorAll('[data-module]')) {
    const done = attached.get(element) ?? new Set();
    attached.set(element, done);
    for (const address of element.dataset.module.split(' ')) {
      if (done.has(address)) continue;
      done.add(address);
      import(address)
        .then((module) => module.default?.(element))
        .catch((problem) => console.error('module', address, problem));
    }
  }
}

// A module that puts new markup into the page sends this event from the element that holds it.
document.addEventListener('anju:swap', (event) => attach(event.target));
attach(document);
