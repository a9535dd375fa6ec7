// The lines of the drawing: links between cards, with what waits on them, and the calls inside of a card.
import { v, setText, setAttribute, toggleClass } from "./dom.js";
import { count, short } from "./format.js";
import { rowHeight, rowWidth } from "./layout.js";

const meterWidth = 76;

// Level where it leaves and arrives, and at each point between.
function wayOf(tie) {
  const points = [tie.start, ...tie.between, tie.end];
  let way = `M${tie.start.x},${tie.start.y}`;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    const bend = Math.max(12, Math.abs(to.x - from.x) / 2);
    way += ` C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
  }
  return way;
}

export function arrow() {
  const head = v("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" });
  head.append(v("path", { d: "M0,0 L8,4 L0,8 z", class: "arrowhead" }));
  return v("defs", null, head);
}

/** A link with a meter of what waits on it. Returns its elements and how to bring it up to date. */
export function linkOf(tie, names) {
  const line = v("path", { d: wayOf(tie), class: "edge", "marker-end": "url(#arrow)" });
  if (tie.link === undefined) {
    return { elements: [line], update() { } };
  }
  const text = v("text", { class: "depth", x: tie.label.x, y: tie.label.y + 1, "text-anchor": "middle" });
  const fill = v("rect", { class: "fill", x: tie.label.x - meterWidth / 2, y: tie.label.y + 6, width: 0, height: 4, rx: 2 });
  const title = v("title");
  const label = v("g", { class: "label" },
    v("rect", { class: "pill", x: tie.label.x - meterWidth / 2 - 7, y: tie.label.y - 14, width: meterWidth + 14, height: 29, rx: 8 }),
    v("rect", { class: "meter", x: tie.label.x - meterWidth / 2, y: tie.label.y + 6, width: meterWidth, height: 4, rx: 2 }), fill, text, title);
  return {
    elements: [line, label],
    update({ waiting, capacity, share }, hasEnded) {
      const isFull = share >= 0.9;
      toggleClass(line, "full", isFull);
      toggleClass(label, "full", isFull);
      setAttribute(fill, "width", (meterWidth * share).toFixed(1));
      const most = capacity === null ? "\u221e" : short(capacity);
      setText(text, hasEnded ? most : `${short(waiting)} / ${most}`);
      setText(title, `${names[0]} \u2192 ${names[1]}: ${count(waiting)} wait, ${capacity === null ? "without a bound" : `${count(capacity)} at most`}`);
    },
  };
}

/** A call from one block to another of the same card: a short arrow downwards where they follow each other, a bow at the side where they do not. */
export function callOf(from, to) {
  if (to.column === from.column && to.row === from.row + 1) {
    const x = from.x + 22;
    return v("path", { class: "call", d: `M${x},${from.y + rowHeight + 1} L${x},${to.y - 2}`, "marker-end": "url(#arrow)" });
  }
  if (to.column === from.column) {
    const x = from.x;
    const [top, bottom] = [from.y + rowHeight / 2, to.y + rowHeight / 2];
    return v("path", { class: "call", d: `M${x},${top} C${x - 12},${top + 14} ${x - 12},${bottom - 14} ${x},${bottom}`, "marker-end": "url(#arrow)" });
  }
  const [x, y] = [from.x + rowWidth, from.y + rowHeight / 2];
  return v("path", { class: "call", d: `M${x},${y} C${x + 8},${y} ${to.x - 8},${to.y + rowHeight / 2} ${to.x - 1},${to.y + rowHeight / 2}`, "marker-end": "url(#arrow)" });
}
