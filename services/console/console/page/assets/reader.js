/* Reads the event stream with a header for the token, which EventSource cannot send, and resumes where it broke off. */

import { headers, problemOf } from "./api.js";

const SILENCE = 40000; // the server says something every 15 s

export class Reader {
  constructor(path, after, { onEvent, onState, onRefused }) {
    Object.assign(this, { path, after, onEvent, onState, onRefused });
    this.stopped = false;
    this.retry = 2000;
    this.run();
  }

  stop() {
    this.stopped = true;
    this.controller?.abort();
  }

  async run() {
    while (!this.stopped) {
      this.onState("connecting");
      try {
        await this.connect();
      } catch (error) {
        if (this.stopped) return;
        if (error.status >= 400 && error.status < 500) {
          this.onRefused(error);
          return;
        }
      }
      if (this.stopped) return;
      this.onState("retrying");
      await new Promise((resolve) => setTimeout(resolve, this.retry * (0.75 + Math.random() / 2)));
    }
  }

  async connect() {
    this.controller = new AbortController();
    const sent = headers({ Accept: "text/event-stream", "Last-Event-ID": String(this.after) });
    const response = await fetch(this.path, { headers: sent, cache: "no-store", signal: this.controller.signal });
    if (!response.ok) throw await problemOf(response);
    this.onState("live");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const watchdog = setTimeout(() => this.controller.abort(), SILENCE);
      const { value, done } = await reader.read();
      clearTimeout(watchdog);
      if (done) return;
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) this.take(frame);
    }
  }

  take(frame) {
    let data = "";
    for (const line of frame.split("\n")) {
      const colon = line.indexOf(":");
      const field = line.slice(0, colon);
      const value = line.slice(colon + 1).replace(/^ /, "");
      if (field === "id") this.after = Number(value);
      else if (field === "retry") this.retry = Number(value);
      else if (field === "data") data += value;
    }
    if (data) this.onEvent(JSON.parse(data));
  }
}
