// A field for a time zone: that of this device, until somebody has chosen one.
customElements.define(
  "pass-zone",
  class extends HTMLElement {
    connectedCallback() {
      const field = this.querySelector("input");
      if (!("chosen" in field.dataset)) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;
    }
  },
);
