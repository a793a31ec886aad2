// What a copy shows of itself, as the audience would see it: its words, what lies on top across
// the view, what waits, and the frames inside. One function expression without arguments; looks
// into open shadow roots and frames of the same origin. Bounded on huge documents.
// Answers {title, heading, text, length, passwords, names, unfilled, layers, waiting, inner}:
// layers are the boxes over the page, the largest first, as {share, under, text, modal}: the share
// of the view and the share of the box that has content beneath, 0 to 1. waiting is {share, spinners,
// busy}. unfilled counts the elements that an app fills and did not. inner are the frames in sight, each the same with its share of the view.
() => {
  const COLUMNS = 12;
  const ROWS = 8;
  const LIMIT = 4000;
  const TEXT = 8000;
  const DEPTH = 3;
  const MOST = 4; // layers
  const SPINNER = new RegExp(
    "(?:^|[-_\\s])(?:spinn(?:er|ing)|loader|loading|preloader|skeleton|shimmer|" +
      "placeholder-(?:glow|wave)|progress-circular|lds-\\w+)",
    "i",
  );
  const MOUNT = "#root, #app, #__next, #___gatsby, #q-app, [data-reactroot], app-root, main";
  const parts = (text) => (text || "").replace(/[^\S\n]+/g, " ").replace(/\n\s*/g, "\n");

  const all = (root) => {
    const found = [];
    const walk = (from) => {
      for (const element of Array.from(from.querySelectorAll("*"))) {
        if (found.length >= LIMIT) return;
        found.push(element);
        if (element.shadowRoot) walk(element.shadowRoot);
      }
    };
    walk(root);
    return found;
  };
  const parentOf = (element) => {
    if (element.assignedSlot) return element.assignedSlot;
    if (element.parentElement) return element.parentElement;
    const root = element.getRootNode();
    return root.host || null;
  };
  const isWithin = (element, ancestor) => {
    for (let at = element; at; at = parentOf(at)) if (at === ancestor) return true;
    return false;
  };
  const isSeen = (element) => {
    if (element.checkVisibility)
      return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return element.getClientRects().length > 0;
  };
  const isOpaque = (element) => {
    for (let at = element; at; at = parentOf(at)) {
      if (Number(at.ownerDocument.defaultView.getComputedStyle(at).opacity) < 0.05) return false;
    }
    return true;
  };
  const alpha = (color) => {
    if (color === "transparent") return 0;
    const found = /rgba?\([^)]*?(?:[,/]\s*([\d.]+%?))?\)/.exec(color);
    if (!found || color.split(/[,/\s]+/).length < 4 || !/rgba|\//.test(color)) return 1;
    return found[1]?.endsWith("%") ? Number.parseFloat(found[1]) / 100 : Number(found[1] ?? 1);
  };
  const paints = (element, style) =>
    alpha(style.backgroundColor) > 0.05 ||
    style.backgroundImage !== "none" ||
    (style.backdropFilter && style.backdropFilter !== "none");
  const SHAPES = ["img", "canvas", "svg", "video", "iframe", "object", "embed", "input", "button"];
  const hasContent = (element, style) => {
    if (SHAPES.includes(element.localName)) return true;
    if (style.backgroundImage.includes("url(")) return true;
    for (const node of Array.from(element.childNodes)) {
      if (node.nodeType === 3 && node.nodeValue.trim()) return true;
    }
    return false;
  };
  const stackAt = (root, x, y) => {
    const found = [];
    for (const element of Array.from(root.elementsFromPoint(x, y))) {
      if (element.shadowRoot && element.getRootNode() === root && found.length < 200) {
        const inner = stackAt(element.shadowRoot, x, y);
        found.push(...inner.filter((one) => isWithin(one, element) && one !== element));
      }
      found.push(element);
    }
    return [...new Set(found)];
  };
  // An ancestor-or-self that is lifted above the page: fixed, absolute with an order, or modal.
  const layerOf = (element, view, styleOf) => {
    let found = null;
    for (let at = element; at; at = parentOf(at)) {
      if (at === view.document.body || at === view.document.documentElement) break;
      const style = styleOf(at);
      const order = Number.parseInt(style.zIndex, 10) > 0;
      let top = false;
      try {
        top = at.matches(":modal, :popover-open");
      } catch {
        top = at.localName === "dialog" && at.hasAttribute("open");
      }
      if (top || style.position === "fixed" || (style.position === "absolute" && order)) found = at;
    }
    return found;
  };

  const covering = (view) => {
    const { document } = view;
    const width = view.innerWidth;
    const height = view.innerHeight;
    const styles = new Map();
    const styleOf = (element) => {
      if (!styles.has(element)) styles.set(element, view.getComputedStyle(element));
      return styles.get(element);
    };
    const sheet = document.createElement("style"); // what lets clicks through is seen as well
    sheet.textContent = "*{pointer-events:auto!important}";
    (document.head || document.documentElement).append(sheet);
    const layers = new Map();
    const tops = [];
    try {
      for (let row = 0; row < ROWS; row++) {
        for (let column = 0; column < COLUMNS; column++) {
          const x = ((column + 0.5) / COLUMNS) * width;
          const y = ((row + 0.5) / ROWS) * height;
          const stack = stackAt(document, x, y);
          tops.push(stack[0] || null);
          const seen = stack.filter(
            (one) =>
              isSeen(one) &&
              isOpaque(one) &&
              (paints(one, styleOf(one)) || hasContent(one, styleOf(one)) || one.matches(":modal")),
          );
          const layer = seen.length ? layerOf(seen[0], view, styleOf) : null;
          if (!layer) continue;
          const entry = layers.get(layer) || { points: 0, under: 0 };
          entry.points += 1;
          const beneath = seen.some(
            (one) =>
              one !== document.body &&
              one !== document.documentElement &&
              !isWithin(one, layer) &&
              !isWithin(layer, one) &&
              hasContent(one, styleOf(one)),
          );
          entry.under += beneath ? 1 : 0;
          layers.set(layer, entry);
        }
      }
    } finally {
      sheet.remove();
    }
    return { layers, tops };
  };
  const isModal = (element) => {
    try {
      if (element.matches(":modal")) return true;
    } catch {
      /* older browsers know the attribute */
    }
    return (
      !!element.closest("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]") ||
      !!element.querySelector("[role=dialog], [role=alertdialog], [aria-modal=true]")
    );
  };
  const textOf = (layer) => {
    const inner = all(layer).filter((one) => one.shadowRoot);
    const roots = (layer.shadowRoot ? [layer, ...inner] : inner).map((one) => one.shadowRoot);
    const texts = roots.flatMap((root) => Array.from(root.children).map((one) => one.innerText));
    return parts([layer.innerText, ...texts].join("\n")).slice(0, 1500);
  };
  const layerFacts = (layers) =>
    Array.from(layers)
      .filter(([, entry]) => entry.under)
      .sort((one, two) => two[1].points - one[1].points)
      .slice(0, MOST)
      .map(([element, entry]) => ({
        share: entry.points / (COLUMNS * ROWS),
        under: entry.under / entry.points,
        text: textOf(element),
        modal: isModal(element),
      }));
  const waitingFacts = (elements, tops, view) => {
    const marked = (element) => {
      const name = typeof element.className === "string" ? element.className : "";
      if (element.getAttribute("aria-busy") === "true") return true;
      const role = element.getAttribute("role");
      if (role === "progressbar" && !element.hasAttribute("aria-valuenow")) return true;
      if (element.localName === "progress" && !element.hasAttribute("value")) return true;
      return SPINNER.test(`${name} ${element.id}`);
    };
    const spinners = elements.filter((element) => {
      const box = element.getBoundingClientRect();
      if (Math.min(box.width, box.height) < 8 || !isSeen(element)) return false;
      if (box.bottom < 0 || box.top > view.innerHeight) return false;
      if (marked(element)) return true;
      if (!element.getAnimations || Math.max(box.width, box.height) > 400) return false;
      const turning = element.getAnimations().some((animation) => {
        const timing = animation.effect?.getTiming?.();
        const steps = animation.effect?.getKeyframes?.() || [];
        const turns = steps.some((step) => /rotate/.test(`${step.transform} ${step.rotate}`));
        return timing?.iterations === Infinity && turns;
      });
      return turning && Math.abs(box.width - box.height) < 0.6 * Math.max(box.width, box.height);
    });
    const over = tops.filter(
      (top) => top && spinners.some((one) => isWithin(top, one) || one === top),
    );
    const body = view.document.body;
    return {
      share: over.length / Math.max(1, tops.length),
      spinners: spinners.length,
      busy: !!body && (body.getAttribute("aria-busy") === "true" || !isSeen(body)),
    };
  };

  const look = (view, depth) => {
    const { document } = view;
    const body = document.body || document.documentElement;
    if (!body) return null;
    const elements = all(document);
    const shown = (element) => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && isSeen(element);
    };
    const heading = elements.find((one) => /^h[12]$/.test(one.localName) && shown(one));
    const fields = elements.filter((one) => one.localName === "input" && shown(one));
    const who = /email|user|login/i;
    let text = body.innerText || "";
    for (const element of elements) {
      if (element.shadowRoot && text.length < TEXT) {
        for (const child of Array.from(element.shadowRoot.children)) {
          text += `\n${child.innerText || ""}`;
        }
      }
    }
    text = parts(text).trim();
    const { layers, tops } = covering(view);
    const inner = [];
    for (const frame of elements) {
      if (!["iframe", "frame", "object", "embed"].includes(frame.localName) || depth < 1) continue;
      const box = frame.getBoundingClientRect();
      const width = Math.min(box.right, view.innerWidth) - Math.max(box.left, 0);
      const height = Math.min(box.bottom, view.innerHeight) - Math.max(box.top, 0);
      if (width < 60 || height < 40 || !isSeen(frame) || inner.length >= 10) continue;
      try {
        const facts = look(frame.contentWindow, depth - 1);
        const share = (width * height) / (view.innerWidth * view.innerHeight);
        if (facts) inner.push({ ...facts, share });
      } catch {
        /* another origin */
      }
    }
    return {
      title: document.title.slice(0, 200),
      heading: (heading?.innerText || "").trim().slice(0, 200),
      text: text.slice(0, TEXT),
      length: text.replace(/\s+/g, " ").length,
      passwords: fields.filter((one) => one.type === "password").length,
      names: fields.filter(
        (one) =>
          one.type === "email" ||
          who.test(`${one.name} ${one.id} ${one.autocomplete} ${one.placeholder}`),
      ).length,
      unfilled: Array.from(document.querySelectorAll(MOUNT)).filter(
        (one) => !one.innerText?.trim() && !one.shadowRoot && !one.querySelector(SHAPES.join()),
      ).length,
      layers: layerFacts(layers),
      waiting: waitingFacts(elements, tops, view),
      inner,
    };
  };
  return look(window, DEPTH);
};
