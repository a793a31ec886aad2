// What stays open: recorded event streams are replayed once, sockets never open.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, parse, localBase, resolve, wrap } = page;
  const { DOMException, Event, EventTarget, MessageEvent } = scope;
  const { fetch } = scope;

  function fire(target, event) {
    target.dispatchEvent(event);
    const handler = target["on" + event.type];
    if (typeof handler === "function") handler.call(target, event);
  }

  // The events of a stream (HTML, 9.2.6); one that its end cut off is none.
  function eventsOf(text) {
    const events = [];
    /** @type {[string, string[], string]} */
    let [type, data, id] = ["", [], ""];
    for (const line of text
      .replace(/^\ufeff/, "")
      .split(/\r\n|\n|\r/)
      .slice(0, -1)) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) || ["", "", ""];
      if (!line) {
        if (data.length) events.push({ type: type || "message", data: data.join("\n"), id });
        [type, data] = ["", []];
      } else if (name === "event") type = value;
      else if (name === "data") data.push(value);
      else if (name === "id" && !value.includes("\0")) id = value;
    }
    return events;
  }

  // A static server gives a stream another type, which browsers refuse; so it is read as text,
  // fired event by event, and then stays open and silent.
  class ReplayedEvents extends EventTarget {
    url = "";
    readyState = 0;
    constructor(url, options) {
      super();
      const full = parse(String(url), localBase());
      if (!full)
        throw new DOMException("Cannot open an EventSource to '" + url + "'", "SyntaxError");
      Object.assign(this, {
        url: (resolve(String(url)) || { url: full }).url.href,
        readyState: 0,
        withCredentials: Boolean(options && options.withCredentials),
      });
      Object.assign(this, { onopen: null, onmessage: null, onerror: null });
      this.replay(String(url)).catch(() => {
        if (this.readyState === 2) return;
        this.readyState = 2;
        fire(this, new Event("error"));
      });
    }
    async replay(url) {
      const response = await fetch.call(scope, url);
      if (!response.ok) throw new scope.Error(String(response.status));
      const events = eventsOf(await response.text());
      if (this.readyState === 2) return;
      this.readyState = 1;
      fire(this, new Event("open"));
      const origin = new scope.URL(this.url).origin;
      for (const { type, data, id } of events) {
        await new Promise((done) => scope.setTimeout(done));
        if (this.readyState === 2) return;
        fire(this, new MessageEvent(type, { data, origin, lastEventId: id }));
      }
    }
    close() {
      this.readyState = 2;
    }
  }
  for (const holder of [ReplayedEvents, ReplayedEvents.prototype])
    Object.assign(holder, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
  if (scope.EventSource && typeof fetch === "function")
    scope.EventSource = page.mask(/** @type {any} */ (ReplayedEvents), scope.EventSource);

  // A socket that never opens: it fails once, later each time, so that retries stay calm.
  let sockets = 0;
  class QuietSocket extends EventTarget {
    constructor(url) {
      super();
      Object.assign(this, {
        url: String(url),
        readyState: 0,
        protocol: "",
        extensions: "",
        bufferedAmount: 0,
        binaryType: "blob",
      });
      Object.assign(this, { onopen: null, onmessage: null, onerror: null, onclose: null });
      scope.setTimeout(
        () => {
          this.readyState = 3;
          fire(this, new Event("error"));
          fire(
            this,
            scope.CloseEvent ? new scope.CloseEvent("close", { code: 1006 }) : new Event("close"),
          );
        },
        Math.min(500 * 2 ** sockets++, 600000),
      );
    }
    send() {}
    close() {
      this.readyState = 3;
    }
  }
  Object.assign(QuietSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
  Object.assign(QuietSocket.prototype, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
  if (scope.WebSocket)
    scope.WebSocket = page.mask(/** @type {any} */ (QuietSocket), scope.WebSocket);
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
    wrap(name, () => {
      throw new DOMException("offline", "NotSupportedError");
    });
  }
};
