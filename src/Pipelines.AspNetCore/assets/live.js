// The live page: the list of all runs, or one of them, as the address says.
import { h, setText, toggleClass } from "./dom.js";
import { RunView } from "./view.js";
import { RunsView, successor } from "./runs.js";
import { Connection, control, textOf } from "./connection.js";

const page = document.getElementById("page");
const where = h("nav", { "aria-label": "Where you are" });
const linkState = h("span", { class: "link-state", role: "status" }, "connecting");
const banner = h("p", { class: "banner", role: "status", hidden: true });
const content = h("div");
const themes = ["light dark", "light", "dark"];
let theme = 0;
let connection;
let session = {};

const themeButton = h("button", { type: "button", click: () => {
  theme = (theme + 1) % themes.length;
  showTheme();
} });

function showTheme() {
  document.documentElement.dataset.theme = themes[theme];
  setText(themeButton, ["Theme: as the system", "Theme: light", "Theme: dark"][theme]);
}

function say(text, link) {
  banner.hidden = !text;
  banner.replaceChildren(...(text ? [text, " ", link].filter(Boolean) : []));
}

function lost(why) {
  setText(linkState, why);
  toggleClass(linkState, "lost", true);
  toggleClass(content, "lost-figures", true);
}

function found() {
  setText(linkState, "live");
  toggleClass(linkState, "lost", false);
  toggleClass(content, "lost-figures", false);
}

function showRuns() {
  const view = new RunsView();
  where.replaceChildren("All runs");
  document.title = "Pipelines";
  content.replaceChildren(view.element);
  return { runs: rows => view.update(rows) };
}

function showRun(id) {
  let view;
  let name;
  let rows = [];
  const act = verb => parameters => control(id, verb, session.antiforgery, parameters);
  const next = text => {
    const newer = name && successor(rows, id, name);
    say(text, newer && h("a", { href: `#run=${encodeURIComponent(newer.id)}` }, "A newer run of it goes on: show that."));
  };
  where.replaceChildren(h("a", { href: "#" }, "All runs"));
  content.replaceChildren(h("p", { class: "empty" }, "Looking for the run\u2026"));
  return {
    runs(all) {
      rows = all;
      if (view?.model.now && view.model.hasEnded) {
        next(`This run has ended: ${view.model.now.state}.`);
      }
    },
    graph(graph) {
      if (view) {
        return;
      }
      name = graph.name;
      view = new RunView({
        graph,
        copies: { Mermaid: () => textOf(id, "mermaid"), DOT: () => textOf(id, "dot"), JSON: () => textOf(id, "json") },
        actions: { save: `runs/${encodeURIComponent(id)}/report`, ...(session.controls ? {
          pause: () => act("pause")(), resume: () => act("resume")(), stop: () => act("stop")(),
          setParallelism: (block, value) => act("parallelism")({ block, value }),
        } : {}) },
      });
      document.title = `${name} \u00b7 Pipelines`;
      where.replaceChildren(h("a", { href: "#" }, "All runs"), ` / ${name}`);
      content.replaceChildren(view.element);
      this.isNew = true;
    },
    history(history) {
      view.load(history);
    },
    errors(errors) {
      view.showErrors(errors);
    },
    sample(sample) {
      view.update(sample);
      if (this.isNew) {
        this.isNew = false;
        view.show();
      }
    },
    gone() {
      if (view && !view.model.hasEnded) {
        next("This run is not there any more: the program has started again. These are its last figures.");
      } else if (!view) {
        content.replaceChildren(h("p", { class: "empty" }, "There is no such run: it ended some time ago, or the program has started again since. ", h("a", { href: "#" }, "All runs")));
      }
    },
  };
}

function route() {
  connection?.close();
  say("");
  const id = new URLSearchParams(location.hash.slice(1)).get("run");
  const shown = id ? showRun(id) : showRuns();
  connection = new Connection(id, {
    ...shown,
    hello(hello) {
      session = hello;
      found();
    },
    lost,
  });
}

page.replaceChildren(h("header", { class: "top" }, h("a", { class: "brand", href: "#" }, "Pipelines"), where, h("span", { class: "right" }, linkState, themeButton)), banner, content);
showTheme();
addEventListener("hashchange", route);
route();
