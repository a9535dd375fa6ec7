// The blocks as a table, which says in words and figures what the drawing shows, and the errors.
import { h, setText, toggleClass } from "./dom.js";
import { count, percent, rate, typeName } from "./format.js";
import { parts } from "./model.js";

const counts = ["filtered", "failed", "dropped", "undelivered"];

export class BlockTable {
  constructor(model, choose) {
    this.model = model;
    const titles = ["block", "in", "out", "in/s", "out/s", ...parts.map(part => part.words), "waiting", ...counts];
    this.rows = model.graph.blocks.map((block, index) => {
      const cells = titles.slice(1).map(() => h("td"));
      const name = h("button", { type: "button", class: "link", click: () => choose(index) }, block.name);
      return { cells, element: h("tr", null, h("th", { scope: "row" }, name), cells) };
    });
    this.heads = titles.map(title => h("th", { scope: "col" }, title));
    this.element = h("div", { class: "scroll" }, h("table", { class: "blocks" },
      h("thead", null, h("tr", null, this.heads)), h("tbody", null, this.rows.map(row => row.element))));
  }

  update() {
    const { model } = this;
    const bottleneck = new Set(model.now.bottleneckBlocks);
    const all = model.graph.blocks.map((_, index) => model.figures(index));
    const shown = counts.map(name => all.some(figures => figures[name] > 0));
    all.forEach((figures, index) => {
      const { cells, element } = this.rows[index];
      const producer = model.graph.blocks[index].kind === "producer";
      const texts = [
        producer ? "" : count(figures.in), count(figures.out), producer ? "" : rate(figures.inRate), rate(figures.outRate),
        ...figures.shares.map(share => figures.hasTimes ? percent(share) : ""), model.before[index].links.length > 0 ? count(figures.waiting) : "",
        ...counts.map(name => figures[name] > 0 ? count(figures[name]) : ""),
      ];
      texts.forEach((text, place) => setText(cells[place], text));
      toggleClass(element, "bottleneck", bottleneck.has(index));
      shown.forEach((show, place) => { cells[cells.length - counts.length + place].hidden = !show; });
    });
    shown.forEach((show, place) => { this.heads[this.heads.length - counts.length + place].hidden = !show; });
  }
}

function entry(isEnd, block, type, number, message, text, item, at) {
  return h("li", { class: isEnd ? "failure" : "" },
    h("div", { class: "what" }, h("b", null, block || "several blocks"), " ", h("code", { title: type }, typeName(type)),
      h("span", { class: "often" }, isEnd ? "ended the run" : number === 1 ? "once" : `${count(number)} times`), at ? h("time", { datetime: at }, new Date(at).toLocaleTimeString()) : null),
    h("p", null, message), item ? h("p", { class: "item" }, "Item: ", item) : null,
    text ? h("details", null, h("summary", null, "Stack"), h("pre", null, text)) : null);
}

/** What ended the run, then what items were left out for, by block and type. */
export function failureList(failures, leftOut) {
  return h("ul", { class: "errors" },
    failures.map(failure => entry(true, failure.block, failure.type, 1, failure.message, failure.text, failure.item)),
    leftOut.map(group => entry(false, group.block, group.type, group.count, group.message, group.text, group.item, group.at)));
}
