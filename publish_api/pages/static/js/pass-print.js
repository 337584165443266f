// <pass-print hidden><button>: a button that prints the page. Without a script it is not there.
class PassPrint extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => print());
  }
}

customElements.define("pass-print", PassPrint);
