// The page of one run: headline, bottleneck, graph, the chosen block, lines over time, errors, table. Live pages and saved reports show the same.
import { h, bar, setText, setAttribute, toggleClass } from "./dom.js";
import { count, duration, rate, short } from "./format.js";
import { RunModel } from "./model.js";
import { GraphView } from "./graph.js";
import { Chart, sparkline } from "./chart.js";
import { BlockPanel } from "./panel.js";
import { BlockTable, failureList } from "./tables.js";
import { copyMenu } from "./copy.js";

const none = { failures: [], leftOut: [] };

function tile(name, more) {
  const [value, sub] = [h("strong"), h("small")];
  return { element: h("div", { class: "tile" }, h("span", null, name), value, sub, more), value, sub };
}

export class RunView {
  /** actions: what can be done besides looking, each a function; copies: what can be copied, by name. */
  constructor({ graph, copies, actions = {}, note }) {
    this.model = new RunModel(graph);
    [this.actions, this.errors] = [actions, none];
    this.state = h("span", { class: "state-pill" });
    this.elapsed = h("span", { class: "elapsed" });
    this.told = h("span", { class: "told", role: "status" });
    this.spoken = h("p", { class: "unseen", role: "status" });
    this.spark = sparkline("Items out a second, over the last minutes");
    this.tiles = { in: tile("In"), out: tile("Out", this.spark.element), flight: tile("In flight"), failed: tile("Failed") };
    this.fill = bar("In flight of the most there can be");
    this.tiles.flight.element.append(this.fill.element);
    this.sentence = h("p", { class: "sentence" });
    this.over = h("small");
    this.bottleneck = h("div", { class: "verdict" }, this.sentence, this.over);
    this.held = h("p", { class: "held", hidden: true });
    this.graph = new GraphView(graph, index => this.choose(index));
    this.side = h("aside", { "aria-label": "The chosen block" }, h("p", { class: "hint" }, "Choose a block to see its figures, its errors and how it went over time."));
    this.rates = new Chart("Items a second", ["in", "out"], rate);
    this.depths = new Chart("Waiting on all links", ["items"], value => count(value));
    this.charts = h("div", { class: "charts" }, h("section", { class: "card-box" }, this.rates.element), h("section", { class: "card-box" }, this.depths.element));
    this.errorsPart = h("section", { class: "card-box problems", hidden: true });
    this.table = new BlockTable(this.model, index => this.graph.focus(index, true));
    this.buttons = h("div", { class: "actions" }, this.control("pause", "Pause"), this.control("resume", "Resume"), this.control("stop", "Stop"),
      copyMenu(copies, text => setText(this.told, text)), actions.save ? h("a", { class: "button", href: actions.save, download: "" }, "Save report") : null, this.told);
    this.element = h("div", { class: "run" },
      h("header", { class: "headline" }, h("h1", null, graph.name), this.state, this.elapsed, note ? h("span", { class: "note" }, note) : null, this.buttons),
      this.spoken, this.bottleneck, this.held,
      h("div", { class: "tiles" }, Object.values(this.tiles).map(one => one.element)),
      h("div", { class: "stage" },
        h("div", { class: "column" },
          h("section", { class: "card-box", "aria-label": "Graph" }, this.graph.element, this.graph.legend()),
          this.errorsPart, this.charts),
        this.side),
      h("section", { class: "card-box" }, h("h2", null, "Blocks"), this.table.element));
  }

  // What cannot be taken back is asked for twice.
  control(name, label) {
    const action = this.actions[name];
    if (!action) {
      return null;
    }
    const button = h("button", { type: "button", class: name, click: async () => {
      if (name === "stop" && !button.classList.contains("sure")) {
        button.classList.add("sure");
        setText(button, "Stop: sure?");
        return;
      }
      settle();
      setText(this.told, await action() ?? "");
    }, blur: () => settle() }, label);
    const settle = () => {
      button.classList.remove("sure");
      setText(button, label);
    };
    return button;
  }

  choose(index) {
    this.panel = new BlockPanel(this.model, index, this.errors, this.actions);
    this.side.replaceChildren(this.panel.element);
    this.panel.update();
  }

  load(history) {
    this.model.load(history);
  }

  showErrors(errors) {
    this.errors = errors;
    const any = errors.failures.length + errors.leftOut.length > 0;
    this.errorsPart.hidden = !any;
    if (any) {
      const open = [...this.errorsPart.querySelectorAll("details")].map(details => details.open);
      this.errorsPart.replaceChildren(h("h2", null, "Errors"), failureList(errors.failures, errors.leftOut));
      this.errorsPart.querySelectorAll("details").forEach((details, place) => { details.open = open[place] ?? (errors.failures.length > 0 && place === 0); });
    }
    this.panel?.showErrors(errors);
  }

  update(sample) {
    const { model, tiles } = this;
    model.add(sample);
    const totals = model.totals();
    const producers = model.ofKind("producer");
    const consumers = model.ofKind("consumer");
    setText(this.state, sample.state);
    setAttribute(this.state, "class", `state-pill ${sample.state}`);
    setText(this.elapsed, `${model.hasEnded ? "after" : "for"} ${duration(sample.elapsed)}`);
    setText(tiles.in.value, rate(totals.inRate));
    setText(tiles.in.sub, `${count(totals.taken)} in all`);
    setText(tiles.out.value, rate(totals.outRate));
    setText(tiles.out.sub, `${count(totals.consumed)} in all`);
    setText(tiles.flight.value, short(totals.inFlight));
    setText(tiles.flight.sub, model.graph.maxInFlight ? `of ${short(model.graph.maxInFlight)} at most` : model.graph.maxInFlight === undefined && model.hasEnded ? "" : "without a bound");
    this.fill.element.hidden = !model.graph.maxInFlight;
    this.fill.show(model.graph.maxInFlight ? totals.inFlight / model.graph.maxInFlight : 0);
    setText(tiles.failed.value, short(totals.failed));
    setText(tiles.failed.sub, [totals.dropped > 0 ? `${short(totals.dropped)} dropped` : "", totals.undelivered > 0 ? `${short(totals.undelivered)} undelivered` : ""].filter(Boolean).join(", "));
    toggleClass(tiles.failed.element, "bad", totals.failed + totals.undelivered > 0 || sample.state === "failed");
    this.tell(sample);
    this.graph.update(model);
    const rates = model.rates(consumers);
    this.spark.update(rates, model.times);
    this.rates.update([model.rates(producers), rates], model.times);
    this.depths.update([model.depths(model.graph.links.map((_, index) => index))], model.times);
    this.charts.hidden = model.hasEnded && model.times.length < 2;
    this.table.update();
    this.panel?.update();
    this.enable(sample.state);
  }

  tell(sample) {
    setText(this.sentence, sample.bottleneck ?? (sample.state === "paused" ? "Paused: the producers hold still." : this.model.hasEnded ? "No block held the others up." : "No block holds the others up."));
    setText(this.over, sample.bottleneck ? (sample.bottleneckOver < sample.elapsed ? `in the last ${duration(sample.bottleneckOver)}` : "over the whole run") : "");
    toggleClass(this.bottleneck, "found", Boolean(sample.bottleneck));
    this.held.hidden = sample.heldUpBy.length === 0;
    setText(this.held, `The end is held up by ${sample.heldUpBy.join(", ")}: told to end, not returned yet.`);
    // Spoken when something else is so, and not at every figure.
    const names = sample.bottleneckBlocks.map(index => this.model.graph.blocks[index].name);
    setText(this.spoken, `${sample.state}. ${names.length > 0 ? `Bottleneck: ${names.join(", ")}.` : ""}`);
  }

  enable(state) {
    const can = { pause: state === "running", resume: state === "paused", stop: state === "running" || state === "paused" };
    for (const [name, on] of Object.entries(can)) {
      const button = this.buttons.querySelector(`button.${name}`);
      if (button) {
        button.hidden = name === "pause" ? state === "paused" : name === "resume" ? state !== "paused" : false;
        button.disabled = !on;
      }
    }
  }

  show() {
    this.graph.show();
  }
}
