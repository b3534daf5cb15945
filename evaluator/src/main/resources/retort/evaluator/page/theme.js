/** Light, dark, or as the system says. The choice stays in this browser. */
const CHOICES = ['auto', 'light', 'dark'];
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = [];
let choice = CHOICES.includes(localStorage.getItem('retort-theme')) ? localStorage.getItem('retort-theme') : 'auto';

function apply() {
  const dark = choice === 'dark' || (choice === 'auto' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.getElementById('theme').textContent = `Theme: ${choice}`;
  for (const listener of listeners) listener();
}

export function onTheme(listener) {
  listeners.push(listener);
}

/** The value of a custom property of page.css. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The colour of the n-th run. */
export function colour(n) {
  return token(`--run-${n % 8}`);
}

export function startTheme() {
  document.getElementById('theme').addEventListener('click', () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    localStorage.setItem('retort-theme', choice);
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}
