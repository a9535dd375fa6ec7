// All runs of the process: a line each, those that go on before those that have ended.
import { h, bar, setText, setAttribute, toggleClass } from "./dom.js";
import { count, duration, rate, short } from "./format.js";
import { sparkline } from "./chart.js";

const goesOn = row => ["running", "paused", "stopping"].includes(row.state);
const kept = 300;

class Line {
  constructor(row) {
    const cell = name => {
      const value = h("b");
      return { value, element: h("div", { class: "cell" }, h("span", null, name), value) };
    };
    this.state = h("span");
    this.elapsed = h("small");
    this.why = h("p", { class: "why" });
    this.cells = { in: cell("in"), out: cell("out"), flight: cell("in flight"), failed: cell("failed") };
    this.fill = bar("In flight of the most there can be");
    this.cells.flight.element.append(this.fill.element);
    this.spark = sparkline("Items out a second, while this page was open");
    [this.times, this.rates] = [[], []];
    this.element = h("li", null,
      h("div", { class: "who" }, h("a", { href: `#run=${encodeURIComponent(row.id)}` }, row.name), this.state, this.elapsed, h("small", null, `${count(row.blocks)} blocks`)),
      Object.values(this.cells).map(one => one.element), this.spark.element, this.why);
  }

  update(row) {
    const last = this.last ?? { elapsed: 0, in: 0, out: 0 };
    const seconds = (row.elapsed - last.elapsed) / 1e6;
    const whole = row.elapsed > 0 ? 1e6 / row.elapsed : 0;
    const [inRate, outRate] = !goesOn(row) || seconds <= 0 ? [row.in * whole, row.out * whole] : [(row.in - last.in) / seconds, (row.out - last.out) / seconds];
    if (goesOn(row) && seconds > 0) {
      this.times.push(row.elapsed);
      this.rates.push(outRate);
      if (this.times.length > kept) {
        this.times.shift();
        this.rates.shift();
      }
      this.spark.update(this.rates, this.times);
    }
    this.last = row;
    setText(this.state, row.state);
    setAttribute(this.state, "class", `state-pill ${row.state}`);
    setText(this.elapsed, duration(row.elapsed));
    setText(this.cells.in.value, rate(Math.max(0, inRate)));
    setText(this.cells.out.value, rate(Math.max(0, outRate)));
    setText(this.cells.flight.value, !goesOn(row) ? "\u2013" : row.maxInFlight ? `${short(row.inFlight)} of ${short(row.maxInFlight)}` : short(row.inFlight));
    this.fill.element.hidden = !row.maxInFlight || !goesOn(row);
    this.fill.show(row.maxInFlight ? row.inFlight / row.maxInFlight : 0);
    setText(this.cells.failed.value, short(row.failed));
    toggleClass(this.cells.failed.element, "bad", row.failed > 0);
    setText(this.why, row.failure ?? row.bottleneck ?? "");
    toggleClass(this.why, "failure", Boolean(row.failure));
    toggleClass(this.element, "ended", !goesOn(row));
  }
}

export class RunsView {
  constructor() {
    this.lines = new Map();
    [this.live, this.ended] = [h("ul", { class: "runs" }), h("ul", { class: "runs" })];
    this.endedTitle = h("h2", { class: "list-title" }, "Ended lately");
    this.empty = h("p", { class: "empty" }, "No pipeline runs at the moment. One that starts appears here by itself.");
    this.element = h("div", null, h("h1", { class: "unseen" }, "Pipelines of this process"), this.empty, this.live, this.endedTitle, this.ended);
  }

  update(rows) {
    const ids = new Set(rows.map(row => row.id));
    for (const [id, line] of this.lines) {
      if (!ids.has(id)) {
        line.element.remove();
        this.lines.delete(id);
      }
    }
    const running = rows.filter(goesOn);
    const over = rows.filter(row => !goesOn(row)).reverse();
    this.fill(this.live, running);
    this.fill(this.ended, over);
    this.empty.hidden = running.length > 0;
    this.endedTitle.hidden = over.length === 0;
  }

  // Lines that are where they belong are not touched: the one with the focus keeps it.
  fill(list, rows) {
    rows.forEach((row, place) => {
      let line = this.lines.get(row.id);
      if (!line) {
        line = new Line(row);
        this.lines.set(row.id, line);
      }
      line.update(row);
      if (list.children[place] !== line.element) {
        list.insertBefore(line.element, list.children[place] ?? null);
      }
    });
  }
}

/** The newest run of that name that goes on, if there is one besides. */
export function successor(rows, id, name) {
  return rows.findLast(row => row.name === name && row.id !== id && goesOn(row));
}
