// The drawing of a run. It is made once; a sample only changes texts, widths and classes.
import { h, v, setText, setAttribute, toggleClass } from "./dom.js";
import { count, percent, rate, short } from "./format.js";
import { parts, stateOf } from "./model.js";
import { layOut, rowHeight, rowWidth } from "./layout.js";
import { arrow, callOf, linkOf } from "./edges.js";

const barWidth = rowWidth - 24;
const zoomStep = 1.25;
const [leastZoom, mostZoom] = [0.1, 2];
const readableZoom = 0.55;
const mostLetters = 31;

const ruler = document.createElement("canvas").getContext("2d");

// What does not fit is cut; the whole name is in the tooltip.
function fitted(text, width, font) {
  ruler.font = font;
  if (ruler.measureText(text).width <= width) {
    return text;
  }
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    [fits, tooLong] = ruler.measureText(text.slice(0, middle) + "\u2026").width <= width ? [middle, tooLong] : [fits, middle];
  }
  return text.slice(0, fits) + "\u2026";
}

function mark(block) {
  const shapes = { producer: "M12,14 l9,5.5 l-9,5.5 z", consumer: "M12,15 h9 v9 h-9 z" };
  return shapes[block.kind] ? v("path", { class: "kind", d: shapes[block.kind], transform: "translate(0,-5)" }) : null;
}

class Row {
  constructor(graph, index, place, choose) {
    const block = graph.blocks[index];
    this.block = block;
    this.rate = v("text", { class: "figure", x: 12, y: 37 });
    this.state = v("text", { class: "state", x: rowWidth - 12, y: 37, "text-anchor": "end" });
    this.workers = v("text", { class: "workers", x: rowWidth - 12, y: 19, "text-anchor": "end" });
    this.bars = parts.map(part => v("rect", { class: `part ${part.name}`, y: 45, height: 7 }));
    this.flagText = v("text", { class: "flag", x: 15, y: 2.5 });
    this.flagBack = v("rect", { class: "flag-back", x: 8, y: -8, height: 15, rx: 7.5, width: 76 });
    this.lostText = v("text", { class: "lost", x: rowWidth - 14, y: 2.5, "text-anchor": "end" });
    this.lostBack = v("rect", { class: "lost-back", y: -8, height: 15, rx: 7.5 });
    const indent = block.kind === "transform" ? 12 : 27;
    this.element = v("g", { class: `block ${block.kind}`, transform: `translate(${place.x},${place.y})`, role: "button", tabindex: -1,
      "data-block": index, "aria-pressed": "false", click: () => choose(index) },
      v("title", null, block.name),
      v("rect", { class: "body", width: rowWidth, height: rowHeight, rx: 8 }),
      mark(block),
      v("text", { class: "name", x: indent, y: 19 }, fitted(block.name, rowWidth - indent - (block.parallelism > 1 ? 44 : 12), "600 13px system-ui, sans-serif")),
      this.workers, this.rate, this.state,
      v("rect", { class: "track", x: 12, y: 45, width: barWidth, height: 7, rx: 3.5 }), this.bars,
      v("g", { class: "flagged" }, this.flagBack, this.flagText),
      v("g", { class: "losing" }, this.lostBack, this.lostText));
    setText(this.flagText, "bottleneck");
  }

  update(figures, isBottleneck) {
    const { block } = this;
    const changes = block.kind === "transform" && Math.abs(figures.inRate - figures.outRate) > 0.02 * Math.max(figures.inRate, figures.outRate);
    const state = stateOf(figures, percent);
    const both = `${rate(figures.inRate)} \u2192 ${rate(figures.outRate)}`;
    setText(this.rate, changes && both.length + state.length <= mostLetters ? both : rate(figures.outRate));
    setText(this.state, state);
    setText(this.workers, figures.parallelism > 1 ? `\u00d7${figures.parallelism}` : "");
    let x = 12;
    figures.shares.forEach((share, part) => {
      const width = Math.max(0, Math.min(share, 1) * barWidth);
      setAttribute(this.bars[part], "x", x.toFixed(1));
      setAttribute(this.bars[part], "width", width.toFixed(1));
      x += width;
    });
    const lost = figures.failed > 0 ? `${short(figures.failed)} failed` : figures.dropped > 0 ? `${short(figures.dropped)} dropped`
      : figures.undelivered > 0 ? `${short(figures.undelivered)} undelivered` : "";
    setText(this.lostText, lost);
    const room = lost ? lost.length * 6.2 + 14 : 0;
    setAttribute(this.lostBack, "width", room);
    setAttribute(this.lostBack, "x", rowWidth - 7 - room);
    toggleClass(this.element, "lossy", lost !== "");
    toggleClass(this.element, "bottleneck", isBottleneck);
    // First what is seen, as it is seen: who speaks to the page says that.
    const seen = [block.name, this.workers.textContent, this.rate.textContent, state, isBottleneck ? "bottleneck" : "", lost].filter(Boolean).join(" ");
    setAttribute(this.element, "aria-label", [seen, ...(figures.hasTimes ? figures.shares.map((share, part) => `${parts[part].words} ${percent(share)}`) : [])].join(", "));
  }
}

export class GraphView {
  constructor(graph, choose) {
    this.graph = graph;
    this.layout = layOut(graph);
    const { width, height, cards, blocks, ties, inside } = this.layout;
    this.choose = choose;
    this.rows = graph.blocks.map((_, index) => new Row(graph, index, blocks[index], chosen => this.focus(chosen, true)));
    this.links = ties.map(tie => ({ tie, ...linkOf(tie, [graph.blocks[tie.from].name, graph.blocks[tie.to].name]) }));
    this.svg = v("svg", { class: "graph", viewBox: `0 0 ${width} ${height}`, role: "group",
      "aria-label": "The run as a graph. The arrow keys go from block to block, Enter shows one.", keydown: event => this.key(event) },
      arrow(),
      cards.map(card => this.card(card)),
      this.links.map(link => link.elements[0]),
      inside.map(([from, to]) => callOf(blocks[from], blocks[to])),
      this.links.map(link => link.elements[1]),
      this.rows.map(row => row.element));
    this.pane = h("div", { class: "pane", pointerdown: event => this.drag(event) }, this.svg);
    this.element = h("div", { class: "drawing" }, this.pane, h("div", { class: "zoom", role: "group", "aria-label": "Size of the drawing" },
      h("button", { type: "button", title: "Smaller", "aria-label": "Smaller", click: () => this.zoomTo(this.zoom / zoomStep) }, "\u2212"),
      h("button", { type: "button", title: "Fit into the window", "aria-label": "Fit into the window", click: () => this.zoomTo(this.fitting()) }, "\u2922"),
      h("button", { type: "button", title: "Larger", "aria-label": "Larger", click: () => this.zoomTo(this.zoom * zoomStep) }, "+")));
    this.current = 0;
    this.rows[0]?.element.setAttribute("tabindex", "0");
  }

  card(card) {
    const alone = card.blocks.length === 1;
    const caption = card.island > 0 ? (alone ? `loop ${card.island}` : `loop ${card.island} \u00b7 ${card.blocks.length} blocks`) : "outside";
    return v("g", { class: card.island > 0 ? "card" : "card outside", transform: `translate(${card.x},${card.y})` },
      v("rect", { width: card.width, height: card.height, rx: 14 }), v("text", { x: 14, y: 20 }, caption));
  }

  /** Called once the drawing has its place, whose width it depends on. */
  show() {
    const fit = this.fitting();
    this.zoomTo(Math.max(Math.min(fit, 1), this.graph.blocks.length > 60 ? 0.3 : readableZoom));
  }

  fitting() {
    const room = Math.max(200, this.pane.clientWidth - 2);
    return Math.min(1, room / this.layout.width, Math.max(320, innerHeight * 0.6) / this.layout.height);
  }

  zoomTo(zoom) {
    const middle = this.zoom ? [(this.pane.scrollLeft + this.pane.clientWidth / 2) / this.zoom, (this.pane.scrollTop + this.pane.clientHeight / 2) / this.zoom] : null;
    this.zoom = Math.min(mostZoom, Math.max(leastZoom, zoom));
    setAttribute(this.svg, "width", Math.round(this.layout.width * this.zoom));
    setAttribute(this.svg, "height", Math.round(this.layout.height * this.zoom));
    if (middle) {
      this.pane.scrollTo(middle[0] * this.zoom - this.pane.clientWidth / 2, middle[1] * this.zoom - this.pane.clientHeight / 2);
    }
  }

  // The pane scrolls by itself, for keys and fingers; a mouse may also pull.
  drag(start) {
    if (start.pointerType !== "mouse" || start.button !== 0) {
      return;
    }
    const [left, top] = [this.pane.scrollLeft, this.pane.scrollTop];
    const move = event => this.pane.scrollTo(left + start.clientX - event.clientX, top + start.clientY - event.clientY);
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  key(event) {
    const last = this.rows.length - 1;
    const steps = { ArrowRight: this.current + 1, ArrowDown: this.current + 1, ArrowLeft: this.current - 1, ArrowUp: this.current - 1, Home: 0, End: last };
    if (event.key in steps) {
      this.focus(Math.min(last, Math.max(0, steps[event.key])), false);
    } else if (event.key === "Enter" || event.key === " ") {
      this.focus(this.current, true);
    } else {
      return;
    }
    event.preventDefault();
  }

  focus(index, chosen) {
    this.rows[this.current].element.setAttribute("tabindex", "-1");
    this.current = index;
    const { element } = this.rows[index];
    element.setAttribute("tabindex", "0");
    element.focus();
    if (chosen) {
      this.mark(index);
      this.choose(index);
    }
  }

  mark(index) {
    this.rows.forEach((row, place) => {
      toggleClass(row.element, "chosen", place === index);
      setAttribute(row.element, "aria-pressed", place === index);
    });
  }

  update(model) {
    const bottleneck = new Set(model.now.bottleneckBlocks);
    this.rows.forEach((row, index) => row.update(model.figures(index), bottleneck.has(index)));
    this.links.forEach(link => link.tie.link === undefined ? null : link.update(model.link(link.tie.link), model.hasEnded));
  }

  legend() {
    return h("ul", { class: "legend", "aria-label": "What the colours mean" },
      parts.map(part => h("li", null, h("span", { class: `swatch ${part.name}` }), part.words)),
      h("li", null, h("span", { class: "swatch bottleneck" }), "bottleneck"), h("li", null, h("span", { class: "swatch full" }), "full link"),
      h("li", { class: "size" }, `${count(this.graph.blocks.length)} blocks, ${count(this.layout.cards.length)} loops`));
  }
}
