// A button of the player that opens a menu: by pointer, and by keys as menus are used. What is pressed closes it.
export class Menu {
  // `choose(value)`: of the item that was pressed.
  constructor(button, menu, choose) {
    this.button = button;
    this.menu = menu;
    // Safari gives no focus to what is pressed: the menu would lose it, and be gone before the click.
    for (const pressed of [button, menu]) pressed.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => this.items.length && this.open(menu.hidden));
    menu.addEventListener("click", (event) => {
      const item = event.target.closest("button");
      if (!item) return;
      choose(item.value);
      this.open(false);
      button.focus();
    });
    menu.addEventListener("keydown", (event) => this.#key(event));
    menu.addEventListener("focusout", (event) => !menu.contains(event.relatedTarget) && event.relatedTarget !== button && this.open(false));
  }

  get items() {
    return [...this.menu.children];
  }

  // [{value, words}], of which one is chosen; with `alone`, one that is on or off by itself.
  list(items) {
    this.menu.replaceChildren(
      ...items.map(({ value, words, alone }) => {
        const item = document.createElement("button");
        Object.assign(item, { type: "button", value, tabIndex: -1, textContent: words });
        item.setAttribute("role", alone ? "menuitemcheckbox" : "menuitemradio");
        return item;
      }),
    );
  }

  open(open) {
    this.menu.hidden = !open;
    this.button.ariaExpanded = String(open);
    if (open) (this.menu.querySelector('[aria-checked="true"]') ?? this.menu.firstElementChild).focus();
  }

  #key(event) {
    const { items } = this;
    const at = items.indexOf(document.activeElement);
    const wanted = { ArrowDown: (at + 1) % items.length, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") return;
    event.stopPropagation(); // the player has keys of its own
    if (wanted !== undefined) items.at(wanted).focus();
    else if (event.key === "Escape") this.open(false), this.button.focus();
    else return;
    event.preventDefault();
  }
}
