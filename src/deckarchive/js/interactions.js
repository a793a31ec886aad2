// Interacts with the document as a visitor would and reports what changed: scroll, click, adjust,
// key, play, seek. `todo` is the result of an earlier run: its interactions are replayed,
// `patience` milliseconds for each to show; without it, harmless ones are chosen. Never submits a
// form, leaves the page, opens a window or touches what reads like a purchase, a login or a
// deletion; that no click does harm does not rest on such words, though: the proxy sends only what
// reads. Answers [{kind, where, label, changed, atOnce}]. `changed` is null where the element is
// not there; `atOnce` says that the change came before any timer could run: caused by the
// interaction itself.
async ({ todo, patience }) => {
  const BUDGET = todo ? 8000 : 900;
  const CLICKS = 3;
  const ADJUSTED = 2;
  const LATER = 80;
  const started = performance.now();
  const RISKY = new RegExp(
    "delete|remove|log.?(in|out|on|off)|sign.?(in|out|up)|buy|pay|order|cart|donate|subscribe|" +
      "send|submit|save|share|tweet|print|download|install|full.?screen|record|camera|microph|" +
      "\\bsign|vote|follow|upload|publish|\\bpost|join|\\bcall|book|reply|accept|agree|allow|" +
      "reject|deny|cookie|consent|close|dismiss",
    "i",
  );
  const CLICKABLE =
    "button, summary, [role=button], [role=tab], [role=switch], [role=checkbox], " +
    "[role=radio], input[type=button], input[type=checkbox], input[type=radio], [onclick]";
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const microtasks = async () => {
    for (let n = 0; n < 20; n += 1) await null;
  };

  // -- What counts as a change: content, not what loads beside it ------------------------------
  const BESIDE = new Set(["script", "link", "style", "iframe", "img", "meta", "noscript"]);
  const content = (node) =>
    node.nodeType === 3
      ? node.data.trim() !== ""
      : node.nodeType === 1 && !BESIDE.has(node.localName);
  let changes = 0;
  let adjusting = null;
  const note = (records) => {
    for (const r of records) {
      if (r.target === adjusting) continue;
      if (r.type !== "childList")
        changes += Number(r.target !== document.documentElement || r.attributeName === "class");
      else changes += [...r.addedNodes, ...r.removedNodes].filter(content).length;
    }
  };
  const observer = new MutationObserver(note);
  const everything = { subtree: true, childList: true, attributes: true, characterData: true };
  observer.observe(document, everything);
  for (const element of Array.from(document.querySelectorAll("*")).slice(0, 20000)) {
    if (element.shadowRoot) observer.observe(element.shadowRoot, everything);
  }
  const small = document.createElement("canvas");
  small.width = 48;
  small.height = 27;
  const pen = /** @type {CanvasRenderingContext2D} */ (
    small.getContext("2d", { willReadFrequently: true })
  );
  const drawings = () =>
    Array.from(document.querySelectorAll("canvas"))
      .slice(0, 4)
      .map((canvas) => {
        try {
          pen.clearRect(0, 0, 48, 27);
          pen.drawImage(canvas, 0, 0, 48, 27);
          return String(pen.getImageData(0, 0, 48, 27).data);
        } catch {
          return "";
        } // of another origin, or empty
      })
      .join();
  const changed = (before) => {
    note(observer.takeRecords());
    return changes > 0 || drawings() !== before;
  };
  const observed = async (interact) => {
    note(observer.takeRecords());
    changes = 0;
    const before = drawings();
    try {
      interact();
    } catch {
      /* a page's own fault */
    }
    await microtasks();
    if (changed(before)) return { changed: true, atOnce: true };
    const until = performance.now() + (patience || LATER);
    while (performance.now() < until) {
      await pause(40);
      if (changed(before)) return { changed: true, atOnce: false };
    }
    return { changed: false, atOnce: false };
  };

  // -- Elements, found again by where they stand and what they say ------------------------------
  const where = (element) => {
    const steps = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (/^[A-Za-z][\w-]{0,40}$/.test(at.id)) {
        steps.unshift("#" + at.id);
        break;
      }
      const same = Array.from(at.parentElement?.children || []).filter(
        (s) => s.localName === at.localName,
      );
      steps.unshift(`${at.localName}:nth-of-type(${same.indexOf(at) + 1})`);
    }
    return steps.join(" > ").slice(0, 400);
  };
  const labelOf = (element) =>
    (
      element.getAttribute("aria-label") ||
      element.innerText ||
      element.value ||
      element.title ||
      ""
    )
      .trim()
      .replace(/\s+/g, " ")
      .slice(0, 60);
  const visible = (element) => {
    const r = element.getBoundingClientRect();
    const x = r.left + r.width / 2;
    const y = r.top + r.height / 2;
    if (r.width < 8 || r.height < 8 || x < 0 || y < 0 || x > innerWidth || y > innerHeight)
      return false;
    const top = document.elementFromPoint(x, y);
    return !!top && (element.contains(top) || top.contains(element));
  };
  const harmless = (element) => {
    const { title, id, className, name = "" } = element;
    const words = `${labelOf(element)} ${title} ${id} ${className} ${name}`;
    const link = element.closest("a[href]");
    return (
      visible(element) &&
      !element.disabled &&
      !element.form &&
      !element.closest("form") &&
      !(link && !/^(#|javascript:)/i.test(link.getAttribute("href"))) &&
      !element.hasAttribute("download") &&
      !element.isContentEditable &&
      !RISKY.test(words)
    );
  };
  const choose = (selector, most) =>
    Array.from(document.querySelectorAll(selector)).slice(0, 500).filter(harmless).slice(0, most);

  // -- The interactions --------------------------------------------------------------------------
  const click = (element) => {
    const r = element.getBoundingClientRect();
    const how = {
      bubbles: true,
      cancelable: true,
      composed: true,
      view: window,
      button: 0,
      clientX: r.left + r.width / 2,
      clientY: r.top + r.height / 2,
    };
    for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup"]) {
      const kind = type.startsWith("pointer") ? PointerEvent : MouseEvent;
      element.dispatchEvent(new kind(type, { ...how, pointerId: 1, isPrimary: true }));
    }
    element.click();
  };
  const adjust = (element) => {
    adjusting = element; // its own attributes are no evidence
    const kind = element.localName === "select" ? HTMLSelectElement : HTMLInputElement;
    const set = Object.getOwnPropertyDescriptor(kind.prototype, "value").set;
    if (kind === HTMLSelectElement) {
      const other = [...element.options].find((o) => !o.selected && !o.disabled);
      if (other) set.call(element, other.value);
    } else {
      const low = Number(element.min || 0);
      const high = Number(element.max || 100);
      const now = Number(element.value);
      set.call(
        element,
        String(now > (low + high) / 2 ? low + (high - low) / 4 : low + (3 * (high - low)) / 4),
      );
    }
    for (const type of ["input", "change"])
      element.dispatchEvent(new Event(type, { bubbles: true }));
  };
  const key = () => {
    const how = {
      key: "ArrowRight",
      code: "ArrowRight",
      keyCode: 39,
      which: 39,
      bubbles: true,
      cancelable: true,
      composed: true,
    };
    const target = document.activeElement || document.body;
    for (const type of ["keydown", "keyup"]) target.dispatchEvent(new KeyboardEvent(type, how));
  };
  const scroll = () => {
    const root = document.scrollingElement || document.documentElement;
    const at = root.scrollTop;
    const locked = [document.documentElement, document.body].some(
      (e) => e && /hidden|clip/.test(getComputedStyle(e).overflowY),
    );
    root.scrollTo({ top: at + innerHeight / 2, behavior: "instant" });
    const moved = root.scrollTop !== at && !locked;
    root.scrollTo({ top: at, behavior: "instant" });
    // A page that is hardly longer than the window may fit into another window.
    return { changed: moved, atOnce: moved && root.scrollHeight > 2 * innerHeight };
  };
  const happens = async (condition, ms) => {
    const until = performance.now() + ms;
    while (!condition() && performance.now() < until) await pause(40);
    return condition();
  };
  const play = async (media) => {
    const { muted, paused, currentTime } = media;
    media.muted = true;
    media.play().catch(() => {});
    const plays = await happens(() => media.currentTime > currentTime, patience || 500);
    if (paused) media.pause();
    media.muted = muted;
    return { changed: plays, atOnce: plays };
  };
  const seek = async (media) => {
    const back = media.currentTime;
    const to = Math.min(media.duration / 2, 30);
    if (!(to > 0)) return { changed: null, atOnce: false };
    media.currentTime = to;
    const there = () =>
      !media.seeking && Math.abs(media.currentTime - to) < 1 && media.readyState >= 2;
    const arrived = await happens(there, patience || 500);
    media.currentTime = back;
    return { changed: arrived, atOnce: arrived };
  };
  const INTERACTIONS = {
    scroll,
    play,
    seek,
    key: () => observed(key),
    click: (element) => observed(() => click(element)),
    adjust: (element) => observed(() => adjust(element)),
  };

  // -- Nothing leaves meanwhile: what the page itself calls, side-effects.js stops ----------------
  const undo = [];
  const listen = (target, type, listener) => {
    target?.addEventListener(type, listener, true);
    undo.push(() => target?.removeEventListener(type, listener, true));
  };
  listen(window, "submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  listen(window.navigation, "navigate", (event) => {
    if (!event.destination.sameDocument && event.cancelable) event.preventDefault();
  });

  /** @type {HTMLMediaElement[]} */
  const players = Array.from(document.querySelectorAll("video, audio"));
  const media = players.find(
    (m) => m.readyState >= 2 && Number.isFinite(m.duration) && m.duration > 0,
  );
  const plan = todo || [
    { kind: "scroll" },
    ...(media
      ? [
          { kind: "play", element: media },
          { kind: "seek", element: media },
        ]
      : []),
    ...choose("input[type=range], select", ADJUSTED).map((element) => ({
      kind: "adjust",
      element,
    })),
    ...choose(CLICKABLE, CLICKS).map((element) => ({ kind: "click", element })),
    { kind: "key" },
  ];
  const find = ({ where: path, label, kind }) => {
    if (!path) return document.body;
    try {
      const element = document.querySelector(path);
      return element && (labelOf(element) === label || kind === "play" || kind === "seek")
        ? element
        : null;
    } catch {
      return null;
    }
  };
  const answers = [];
  try {
    for (const step of plan) {
      if (performance.now() - started > BUDGET) break;
      const element = step.element || find(step);
      const answer = { kind: step.kind, where: step.where || "", label: step.label || "" };
      if (step.element) Object.assign(answer, { where: where(element), label: labelOf(element) });
      const done = element ? await INTERACTIONS[step.kind]?.(element) : null;
      adjusting = null;
      answers.push({ ...answer, ...(done || { changed: null, atOnce: false }) });
    }
  } finally {
    observer.disconnect();
    for (const back of undo) back();
  }
  return answers;
};
