// The same drawings as in the templates.
const sheet = new URL("../icons/icons.svg", import.meta.url).pathname;

export const icon = (name) => `<svg class="icon" aria-hidden="true"><use href="${sheet}#${name}"/></svg>`;

export function redraw(button, name, words) {
  button.querySelector("use")?.setAttribute("href", `${sheet}#${name}`);
  if (words) button.setAttribute("aria-label", words);
}
