// What stays open: recorded event streams are replayed once, sockets never open.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    Boolean,
    call,
    each,
    Error,
    lists,
    Math,
    Object,
    patterns,
    Promise,
    responses,
    String,
    strings,
    URL,
    web,
  } = page.natives;
  const { scope, parse, localBase, resolve, wrap } = page;
  const { DOMException, Event, EventTarget, MessageEvent } = scope;
  const { CloseEvent, fetch, setTimeout } = scope;

  function fire(target, event) {
    web.dispatchEvent(target, event);
    const handler = target["on" + event.type];
    if (typeof handler === "function") call(handler, target, event);
  }

  // The events of a stream (HTML, 9.2.6); one that its end cut off is none.
  function eventsOf(text) {
    const events = [];
    let type = "";
    /** @type {string[]} */
    let data = [];
    let id = "";
    for (const line of each(
      lists.slice(strings.split(strings.replace(text, /^\ufeff/, ""), /\r\n|\n|\r/), 0, -1),
    )) {
      const [, name, value] = each(patterns.exec(/^([^:]*):? ?(.*)$/, line) || ["", "", ""]);
      if (!line) {
        if (data.length)
          lists.push(events, { type: type || "message", data: lists.join(data, "\n"), id });
        type = "";
        data = [];
      } else if (name === "event") type = value;
      else if (name === "data") lists.push(data, value);
      else if (name === "id" && !strings.includes(value, "\0")) id = value;
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
      this.replay(String(url));
    }
    async replay(url) {
      try {
        await this.replayed(url);
      } catch {
        if (this.readyState === 2) return;
        this.readyState = 2;
        fire(this, new Event("error"));
      }
    }
    async replayed(url) {
      const response = await call(fetch, scope, url);
      if (!response.ok) throw new Error(String(response.status));
      const events = eventsOf(await responses.text(response));
      if (this.readyState === 2) return;
      this.readyState = 1;
      fire(this, new Event("open"));
      const origin = new URL(this.url).origin;
      for (const { type, data, id } of each(events)) {
        await new Promise((done) => setTimeout(done));
        if (this.readyState === 2) return;
        fire(this, new MessageEvent(type, { data, origin, lastEventId: id }));
      }
    }
    close() {
      this.readyState = 2;
    }
  }
  for (const holder of each([ReplayedEvents, ReplayedEvents.prototype]))
    Object.assign(holder, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
  if (scope.EventSource && typeof fetch === "function")
    scope.EventSource = page.mask(/** @type {any} */ (ReplayedEvents), scope.EventSource);

  // A socket that never opens: it fails once, later each time, so that retries stay calm.
  let sockets = 0;
  let closed = 0; // when the first one was
  const { performance } = scope;
  const now = performance?.now;
  page.sinceClosed = () => {
    if (!sockets) return null;
    return closed ? call(now, performance) - closed : 0;
  };
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
      setTimeout(
        () => {
          this.readyState = 3;
          closed = closed || call(now, performance);
          fire(this, new Event("error"));
          fire(this, CloseEvent ? new CloseEvent("close", { code: 1006 }) : new Event("close"));
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
  for (const name of each(["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"])) {
    wrap(name, () => {
      throw new DOMException("offline", "NotSupportedError");
    });
  }
};
