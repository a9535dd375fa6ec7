// The stream from the server, and what the page asks of it. It comes back by itself when the server does.

const again = 2000;

export class Connection {
  /** listener: a function by the name of an event, and lost(why), which is called when the connection is. */
  constructor(run, listener) {
    [this.run, this.listener] = [run, listener];
    this.open();
  }

  open() {
    this.source = new EventSource(this.run ? `events?run=${encodeURIComponent(this.run)}` : "events");
    for (const name of ["hello", "runs", "graph", "history", "sample", "errors", "gone"]) {
      this.source.addEventListener(name, event => this.listener[name]?.(JSON.parse(event.data)));
    }
    this.source.onerror = () => this.failed();
  }

  // A browser gives up for good when the answer is an error: then it is asked what it was.
  async failed() {
    this.listener.lost("Connection lost. Trying again\u2026");
    if (this.source.readyState !== EventSource.CLOSED) {
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), again);
    try {
      const answer = await fetch("ping");
      if (answer.status === 403 || answer.status === 401) {
        this.listener.lost(answer.status === 403 ? await answer.text() : "You are not signed in any more: load the page again.");
      }
    } catch {
      // Nobody is there: it is tried again.
    }
  }

  close() {
    clearTimeout(this.timer);
    this.source.close();
  }
}

/** Tells a run to do something. Returns what was wrong, or nothing. */
export async function control(run, verb, antiforgery, parameters = {}) {
  try {
    const answer = await fetch(`runs/${encodeURIComponent(run)}/${verb}?${new URLSearchParams(parameters)}`, {
      method: "POST", headers: { "X-Pipelines-Antiforgery": antiforgery },
    });
    return answer.ok ? undefined : await answer.text();
  } catch {
    return "The server does not answer.";
  }
}

export async function textOf(run, kind) {
  const answer = await fetch(`runs/${encodeURIComponent(run)}/${kind}`);
  return answer.ok ? answer.text() : "";
}
