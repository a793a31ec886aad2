// How much the document shows: model.Vitals, counted alike when captured, replayed and rehearsed.
// A function without arguments, made of the built-ins that it uses; it looks into open shadow
// roots, not into frames. A canvas is also an inline SVG drawing larger than an icon. Bounded on
// huge documents.
/** @type {(natives: Natives) => () => ContentCounts} */
({ each, Math, strings, web }) => {
  const { getComputedStyle } = self;
  // innerText is of HTML's elements alone.
  const innerText = (element) => {
    try {
      return web.innerText(element);
    } catch {
      return null;
    }
  };
  const lengthOf = (text) => strings.replace(text || "", /\s+/g, "").length;
  return () => {
    const ICON = 48;
    const LIMIT = 200000;
    const found = {
      text: 0,
      elements: 0,
      images: 0,
      broken: 0,
      canvases: 0,
      videos: 0,
      frames: 0,
    };
    const box = (element) => {
      const style = getComputedStyle(element);
      const rect = web.getBoundingClientRect(element);
      const seen = style.visibility !== "hidden" && style.display !== "none";
      return seen ? Math.min(rect.width, rect.height) : 0;
    };
    const isLater = (
      image, // it loads when somebody scrolls to it
    ) =>
      image.loading === "lazy" &&
      web.getBoundingClientRect(image).top > innerHeight &&
      getComputedStyle(image).display !== "none";
    const kinds = {
      img: (image) => {
        if (!image.currentSrc && !web.getAttribute(image, "src")) return;
        if (image.complete && image.naturalWidth > 0) found.images += box(image) > 0 ? 1 : 0;
        else if (isLater(image)) found.images += 1;
        else if (image.complete) found.broken += 1;
      },
      canvas: (canvas) => {
        found.canvases += box(canvas) > 0 ? 1 : 0;
      },
      svg: (svg) => {
        found.canvases += box(svg) > ICON && svg.childElementCount ? 1 : 0;
      },
      video: (video) => {
        const ready = video.readyState > 0 || video.poster;
        found.videos += ready && box(video) > 0 ? 1 : 0;
      },
    };
    for (const name of each(["iframe", "frame", "object", "embed"])) {
      kinds[name] = (frame) => {
        found.frames += box(frame) > 0 ? 1 : 0;
      };
    }
    const count = (root) => {
      for (const element of each(web.querySelectorAll(root, "*"))) {
        found.elements += 1;
        if (found.elements > LIMIT) return;
        const kind = kinds[element.localName];
        if (kind) kind(element);
        if (element.shadowRoot) {
          for (const child of each(element.shadowRoot.children))
            found.text += lengthOf(innerText(child));
          count(element.shadowRoot);
        }
      }
    };
    const body = document.body || document.documentElement;
    if (!body) return found;
    // innerText of what has no box is all of its source text, scripts included.
    const boxed = (element) => getComputedStyle(element).display !== "none";
    const isShown = boxed(document.documentElement) && boxed(body);
    found.text = isShown ? lengthOf(innerText(body) ?? web.textContent(body)) : 0;
    count(body);
    return found;
  };
};
