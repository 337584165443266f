// The player that an element names in its `player` attribute, once it works.
export async function playerOf(element) {
  await customElements.whenDefined("pass-player");
  return document.getElementById(element.getAttribute("player"));
}
