// What a run is doing, out of the samples that came: rates and shares of the last seconds while it goes on, of the whole run when it has ended.

/** What the numbers of a block mean; the server writes them in this order. */
const columns = ["in", "out", "filtered", "failed", "dropped", "undelivered", "busy", "starved", "blocked", "unthreaded", "parallelism"];
const at = Object.fromEntries(columns.map((name, index) => [name, index]));

const windowMicros = 4.5e6;
const mostSamples = 300;

export const parts = [
  { name: "busy", words: "busy" },
  { name: "blocked", words: "waits for room" },
  { name: "unthreaded", words: "waits for a thread" },
  { name: "starved", words: "waits for input" },
];

export class RunModel {
  constructor(graph) {
    this.graph = graph;
    this.recent = [];
    this.times = [];
    this.outs = [];
    this.waits = [];
    this.before = graph.blocks.map(() => ({ links: [], fusions: [] }));
    this.behind = graph.blocks.map(() => ({ links: [], fusions: [] }));
    graph.links.forEach((link, index) => {
      this.before[link.to].links.push(index);
      this.behind[link.from].links.push(index);
    });
  }

  load(history) {
    [this.times, this.outs, this.waits] = [history.elapsed.slice(), history.out.slice(), history.waiting.slice()];
  }

  add(sample) {
    const last = this.recent.at(-1);
    if (last && sample.elapsed < last.elapsed) {
      return;
    }
    this.recent.push(sample);
    while (this.recent.length > 2 && sample.elapsed - this.recent[1].elapsed >= windowMicros) {
      this.recent.shift();
    }
    // One that comes right behind another would be a spike and nothing else.
    const gap = this.times.length > 1 ? (this.times.at(-1) - this.times.at(-2)) * 0.4 : 0;
    if (this.times.length === 0 || sample.elapsed > this.times.at(-1) + gap) {
      this.times.push(sample.elapsed);
      this.outs.push(sample.blocks.map(numbers => numbers[at.out]));
      this.waits.push(sample.links);
      if (this.times.length > mostSamples) {
        [this.times, this.outs, this.waits].forEach(series => series.shift());
      }
    }
  }

  get now() {
    return this.recent.at(-1);
  }

  get hasEnded() {
    return !["running", "paused", "stopping"].includes(this.now.state);
  }

  // What the figures are compared with: the beginning of the run once it has ended, and as long as there is nothing else.
  get since() {
    return this.hasEnded || this.recent.length < 2 ? null : this.recent[0];
  }

  get seconds() {
    return (this.now.elapsed - (this.since?.elapsed ?? 0)) / 1e6;
  }

  figures(index) {
    const now = this.now.blocks[index];
    const since = this.since?.blocks[index];
    const gained = column => Math.max(0, now[at[column]] - (since ? since[at[column]] : 0));
    const time = parts.reduce((sum, part) => sum + gained(part.name), 0);
    const figures = Object.fromEntries(columns.map((name, place) => [name, now[place]]));
    // A block that ended in the middle was no trouble after that: of an ended run shares are of all its time.
    const whole = this.since ? time : Math.max(time, this.now.elapsed * now[at.parallelism]);
    figures.hasTimes = time > 0 && whole > 0;
    figures.shares = parts.map(part => figures.hasTimes ? gained(part.name) / whole : 0);
    figures.inRate = this.seconds > 0 ? gained("in") / this.seconds : 0;
    figures.outRate = this.seconds > 0 ? gained("out") / this.seconds : 0;
    figures.waiting = this.before[index].links.reduce((sum, link) => sum + this.now.links[link], 0);
    figures.inHand = this.inHand(index, now, figures.waiting);
    const done = this.graph.blocks[index].kind === "producer" ? gained("out") : gained("in");
    figures.itemTime = this.graph.blocks[index].workers && done > 0 ? gained("busy") / done : null;
    return figures;
  }

  // In front of the block or in its hands. Of one that counts both sides in units of their own, what waits in front is what can be said.
  inHand(index, now, waiting) {
    const block = this.graph.blocks[index];
    if (block.kind === "producer") {
      return 0;
    }
    const left = now[at.in] - now[at.out] - now[at.filtered] - now[at.failed] - now[at.dropped] - now[at.undelivered];
    return block.countsApart ? waiting : Math.max(waiting, left);
  }

  totals() {
    const sum = (kind, column) => this.graph.blocks.reduce((all, block, index) => all + (block.kind === kind ? this.figures(index)[column] : 0), 0);
    const all = this.graph.blocks.map((_, index) => this.figures(index));
    return {
      inRate: sum("producer", "outRate"),
      outRate: sum("consumer", "outRate"),
      taken: sum("producer", "out"),
      consumed: sum("consumer", "out"),
      inFlight: this.hasEnded ? 0 : all.reduce((total, figures) => total + figures.inHand, 0),
      failed: all.reduce((total, figures) => total + figures.failed, 0),
      dropped: all.reduce((total, figures) => total + figures.dropped, 0),
      undelivered: all.reduce((total, figures) => total + figures.undelivered, 0),
    };
  }

  link(index) {
    const capacity = this.graph.links[index].capacity ?? null;
    const waiting = this.now.links[index];
    return { waiting, capacity, share: capacity ? Math.min(1, waiting / capacity) : 0 };
  }

  /** Items a second that came out of some blocks, sample by sample; null before the second one. */
  rates(indices) {
    return this.times.map((time, place) => {
      const span = place > 0 ? (time - this.times[place - 1]) / 1e6 : 0;
      return span > 0 ? indices.reduce((sum, index) => sum + Math.max(0, this.outs[place][index] - this.outs[place - 1][index]), 0) / span : null;
    });
  }

  /** How many waited on some links, sample by sample. */
  depths(indices) {
    return this.times.map((_, place) => indices.reduce((sum, index) => sum + this.waits[place][index], 0));
  }

  ofKind(kind) {
    return this.graph.blocks.flatMap((block, index) => block.kind === kind ? [index] : []);
  }
}

/** The state of a block in words: busy, and the wait that takes more than the work. */
export function stateOf(figures, percent) {
  if (!figures.hasTimes) {
    return "";
  }
  const [busy] = figures.shares;
  const most = figures.shares.indexOf(Math.max(...figures.shares));
  return most === 0 || figures.shares[most] <= busy ? `busy ${percent(busy)}` : `${parts[most].words} ${percent(figures.shares[most])}`;
}
