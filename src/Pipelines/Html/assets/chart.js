// Lines over the last minutes, with the figures of the moment that the pointer, or an arrow key, is at.
import { h, v, setText, setAttribute } from "./dom.js";
import { duration } from "./format.js";

const [width, height] = [600, 120];

function lineOf(values, times, most) {
  const span = Math.max(1, times.at(-1) - times[0]);
  let line = "";
  let isDown = false;
  values.forEach((value, place) => {
    if (value !== null) {
      const x = ((times[place] - times[0]) / span) * width;
      const y = height - 3 - (value / most) * (height - 8);
      line += `${isDown ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
      isDown = true;
    }
  });
  return line;
}

/** A small line without anything around it. */
export function sparkline(label) {
  const line = v("path", { class: "line first" });
  const element = v("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, line);
  return {
    element,
    update(values, times) {
      setAttribute(line, "d", times.length > 1 ? lineOf(values, times, Math.max(1e-9, ...values.map(value => value ?? 0))) : "");
    },
  };
}

export class Chart {
  constructor(title, names, format) {
    [this.names, this.format, this.values, this.times] = [names, format, [], []];
    this.lines = names.map((_, place) => v("path", { class: `line ${place === 0 ? "first" : "second"}` }));
    this.cursor = v("line", { class: "cursor", y1: 0, y2: height, x1: -9, x2: -9 });
    this.svg = v("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", tabindex: 0, role: "img",
      pointermove: event => this.pick(event.offsetX / this.svg.clientWidth), pointerleave: () => this.pick(null), blur: () => this.pick(null),
      keydown: event => this.key(event) },
      v("path", { class: "grid", d: `M0,${height - 3}H${width}M0,${height / 2}H${width}M0,5H${width}` }), this.lines, this.cursor);
    this.figures = names.map(() => h("b"));
    this.when = h("span", { class: "when" });
    this.most = h("span", { class: "most" });
    this.from = h("span");
    this.title = title;
    this.element = h("figure", { class: "chart" },
      h("figcaption", null, h("span", { class: "title" }, title),
        names.map((name, place) => h("span", { class: "series" }, h("span", { class: `swatch ${place === 0 ? "first" : "second"}` }), name, " ", this.figures[place])), this.when),
      h("div", { class: "plot" }, this.most, this.svg), h("div", { class: "axis" }, this.from, h("span", null, "now")));
  }

  update(values, times) {
    [this.values, this.times] = [values, times];
    const most = Math.max(1e-9, ...values.flat().map(value => value ?? 0));
    this.lines.forEach((line, place) => setAttribute(line, "d", times.length > 1 ? lineOf(values[place], times, most) : ""));
    setText(this.most, times.length > 1 && most > 1e-6 ? this.format(most) : "");
    setText(this.from, times.length > 1 ? `${duration(times.at(-1) - times[0])} ago` : "the line begins with the second sample");
    this.show();
    setAttribute(this.svg, "aria-label", `${this.title}: ` + this.names.map((name, place) => {
      const known = values[place].filter(value => value !== null);
      return known.length > 0 ? `${name} ${this.format(known.at(-1))} now, between ${this.format(Math.min(...known))} and ${this.format(Math.max(...known))}` : name;
    }).join("; "));
  }

  pick(share) {
    if (share === null || this.times.length < 2) {
      this.at = undefined;
    } else {
      const time = this.times[0] + share * (this.times.at(-1) - this.times[0]);
      this.at = this.times.reduce((best, other) => Math.abs(other - time) < Math.abs(best - time) ? other : best);
    }
    this.show();
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && this.times.length > 1) {
      const place = this.at === undefined ? this.times.length - 1 : this.times.indexOf(this.at);
      this.at = this.times[Math.min(this.times.length - 1, Math.max(0, place + step))];
      event.preventDefault();
      this.show();
    }
  }

  show() {
    const found = this.at === undefined ? -1 : this.times.indexOf(this.at);
    const place = found < 0 ? this.times.length - 1 : found;
    this.figures.forEach((figure, series) => setText(figure, place >= 0 && this.values[series]?.[place] !== null ? this.format(this.values[series]?.[place] ?? 0) : "\u2013"));
    setText(this.when, found < 0 ? "" : `${duration(this.times.at(-1) - this.at)} ago`);
    const x = found < 0 ? -9 : ((this.at - this.times[0]) / Math.max(1, this.times.at(-1) - this.times[0])) * width;
    setAttribute(this.cursor, "x1", x);
    setAttribute(this.cursor, "x2", x);
  }
}
