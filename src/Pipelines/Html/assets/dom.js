// Elements are made here and nowhere else. What users have named is always text, never markup.

const svgSpace = "http://www.w3.org/2000/svg";

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

/** An element of HTML. A function among the attributes listens to the event of that name; a string among the children is text. */
export function h(tag, attributes, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** An element of SVG. */
export function v(tag, attributes, ...children) {
  return furnish(document.createElementNS(svgSpace, tag), attributes, children);
}

/** A bar that is filled to a share, and says so. */
export function bar(label, name) {
  const fill = h("i");
  const element = h("div", { class: `bar ${name ?? ""}`, role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 }, fill);
  return {
    element,
    show(share) {
      const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
      setAttribute(element, "aria-valuenow", percent);
      fill.style.width = `${percent}%`;
    },
  };
}

/** Sets a text, if it is another: an unchanged one is nothing that a browser or a screen reader has to deal with. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  const text = String(value);
  if (node.getAttribute(name) !== text) {
    node.setAttribute(name, text);
  }
}

export function toggleClass(node, name, on) {
  if (node.classList.contains(name) !== on) {
    node.classList.toggle(name, on);
  }
}
