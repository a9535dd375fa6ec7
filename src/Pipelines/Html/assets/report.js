// A saved report: the page of a run that has been, out of the data in the file.
import { RunView } from "./view.js";
import { h } from "./dom.js";

const report = JSON.parse(document.getElementById("data").textContent);
const view = new RunView({
  graph: report.graph,
  note: report.at ? `as of ${new Date(report.at).toLocaleString()}` : "",
  copies: { Mermaid: () => report.mermaid, DOT: () => report.dot, JSON: () => JSON.stringify(report, null, 2) },
});
const page = document.getElementById("page");
page.append(view.element, h("footer", null, "A report of the Pipelines library. It needs no network."));
if (report.history) {
  view.load(report.history);
}
view.update(report.sample);
view.showErrors(report.errors);
view.show();
