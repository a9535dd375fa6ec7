// Text for the clipboard. Where the browser has none for us, a window shows the text to be taken by hand.
import { h } from "./dom.js";

function byHand(text) {
  const area = h("textarea", { readonly: true, rows: 16, cols: 80 });
  area.value = text;
  const dialog = h("dialog", { close: () => dialog.remove() }, area, h("form", { method: "dialog" }, h("button", null, "Close")));
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}

/** A menu of what there is to copy: names, and functions that give the text. */
export function copyMenu(kinds, tell) {
  const menu = h("details", { class: "menu" }, h("summary", null, "Copy as"), h("div", null, Object.entries(kinds).map(([name, textOf]) =>
    h("button", { type: "button", click: async () => {
      menu.open = false;
      const text = await textOf();
      try {
        await navigator.clipboard.writeText(text);
        tell(`${name} copied`);
      } catch {
        byHand(text);
      }
    } }, name))));
  menu.addEventListener("focusout", event => { menu.open = menu.open && menu.contains(event.relatedTarget); });
  return menu;
}
