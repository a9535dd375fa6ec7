// Everything about one block.
import { h, bar, setText, toggleClass } from "./dom.js";
import { bytes, count, duration, percent, rate } from "./format.js";
import { parts } from "./model.js";
import { Chart } from "./chart.js";
import { failureList } from "./tables.js";

const kinds = { producer: "Producer", transform: "Transform", consumer: "Consumer" };

export class BlockPanel {
  constructor(model, index, errors, actions) {
    const block = model.graph.blocks[index];
    [this.model, this.index, this.block, this.facts] = [model, index, block, new Map()];
    const before = model.before[index].links;
    this.bars = parts.map(part => ({ part, value: h("b"), meter: bar(part.words, part.name) }));
    this.rates = new Chart("Out", ["items a second"], rate);
    this.depth = before.length > 0 ? new Chart("Waiting in front", ["items"], value => count(value)) : null;
    this.workers = h("tbody");
    this.workersPart = h("section", { hidden: true }, h("h3", null, "Workers"), h("table", null,
      h("thead", null, h("tr", null, ["id", "items", "restarts", "memory"].map(name => h("th", { scope: "col" }, name)))), this.workers));
    this.errorsPart = h("section", null);
    this.element = h("div", { class: "detail" },
      h("h2", { tabindex: -1 }, block.name),
      h("p", { class: "sub" }, [kinds[block.kind], block.island > 0 ? `loop ${block.island}` : "read from outside", block.workers ? (block.ordered ? "keeps order" : "unordered") : ""]
        .filter(Boolean).join(" \u00b7 ")),
      block.workers && actions?.setParallelism ? this.control(actions) : null,
      h("section", null, h("h3", null, "Time"), h("div", { class: "times" }, this.bars.map(({ part, value, meter }) => h("div", null, h("span", null, part.words), value, meter.element)))),
      h("section", null, h("h3", null, "Items"), this.list("in", "out", "filtered", "failed", "dropped", "undelivered", "in hand or in front")),
      h("section", null, h("h3", null, "Speed and room"), this.list("in a second", "out a second", "works on at once", "time of an item", "room in front")),
      this.workersPart, this.errorsPart, this.rates.element, this.depth?.element);
    this.showErrors(errors);
  }

  list(...names) {
    return h("dl", null, names.map(name => {
      const value = h("dd");
      const row = h("div", null, h("dt", null, name), value);
      this.facts.set(name, { value, row });
      return row;
    }));
  }

  fact(name, text) {
    const { value, row } = this.facts.get(name);
    setText(value, text ?? "");
    row.hidden = text === null;
  }

  control(actions) {
    const number = h("input", { type: "number", min: 1, value: this.block.parallelism, "aria-label": "Workers" });
    const answer = h("span", { role: "status" });
    return h("form", { class: "control", submit: async event => {
      event.preventDefault();
      setText(answer, await actions.setParallelism(this.index, Number(number.value)) ?? "set");
    } }, h("label", null, "Workers ", number), h("button", null, "Set"), answer);
  }

  showErrors(errors) {
    const failures = errors.failures.filter(failure => failure.block === this.block.name);
    const leftOut = errors.leftOut.filter(group => group.block === this.block.name);
    this.errorsPart.replaceChildren(...(failures.length + leftOut.length > 0 ? [h("h3", null, "Errors"), failureList(failures, leftOut)] : []));
  }

  update() {
    const figures = this.model.figures(this.index);
    const { kind, countsApart } = this.block;
    figures.shares.forEach((share, place) => {
      const { meter, value } = this.bars[place];
      meter.show(share);
      setText(value, figures.hasTimes ? percent(share) : "\u2013");
      toggleClass(value.parentElement, "none", share < 0.005);
    });
    this.fact("in", kind === "producer" ? null : count(figures.in));
    this.fact("out", count(figures.out));
    ["filtered", "failed", "dropped", "undelivered"].forEach(name => this.fact(name, figures[name] > 0 ? count(figures[name]) : null));
    this.fact("in hand or in front", kind === "producer" || this.model.hasEnded ? null : (countsApart ? "at least " : "") + count(figures.inHand));
    this.fact("in a second", kind === "producer" ? null : rate(figures.inRate));
    this.fact("out a second", rate(figures.outRate));
    this.fact("works on at once", this.block.workers ? count(figures.parallelism) : null);
    this.fact("time of an item", figures.itemTime === null ? null : `${duration(figures.itemTime)} on average`);
    const links = this.model.before[this.index].links.map(link => this.model.link(link));
    this.fact("room in front", links.length === 0 ? null : links.map(link => `${count(link.waiting)} of ${link.capacity === null ? "no bound" : count(link.capacity)}`).join(" + "));
    this.rates.update([this.model.rates([this.index])], this.model.times);
    this.depth?.update([this.model.depths(this.model.before[this.index].links)], this.model.times);
    const workers = this.model.now.workers.filter(worker => worker.block === this.index);
    this.workersPart.hidden = workers.length === 0;
    this.workers.replaceChildren(...workers.map(worker => h("tr", null,
      [worker.id === 0 ? "\u2013" : String(worker.id), count(worker.items), count(worker.restarts), worker.memory > 0 ? bytes(worker.memory) : ""].map(text => h("td", null, text)))));
  }
}
