// What stands on the slides once the deck's own scripts have run: frames, videos and audio, in
// shadow roots and srcdoc too, and the backgrounds that reveal.js makes of attributes. Takes
// {most, attributes} and returns at most so many, as {kind, url, slide: [h, v], size, attribute,
// frame} with absolute URLs. size is [width, height] where attributes say so, else null; attribute
// is the name of the one that holds the URL of an object or embed, else ""; frame has those of a
// frame's attributes that are asked for. Slides are counted as reveal.js counts them.
({ most, attributes }) => {
  const found = [];
  /** @type {(kind: string, value: any, slide: number[], more?: object) => void} */
  const add = (kind, value, slide, more = {}) => {
    const text = String(value || "").trim();
    if (!text || found.length >= most) return;
    try {
      const url = new URL(text, document.baseURI);
      if (/^https?:$/.test(url.protocol))
        found.push({ kind, url: url.href, slide, size: null, ...more });
    } catch {
      /* no URL */
    }
  };
  const SHOWN = "iframe, object, embed, video, audio, video source, audio source";
  const framed = (element) =>
    element.getAttribute("data-deferred-src") ||
    element.getAttribute("data-src") ||
    element.getAttribute("src");

  const sizeOf = (element) => {
    const size = ["width", "height"].map(
      (name) => Number(element.getAttribute(name)) || parseFloat(element.style[name]),
    );
    const plain = ["width", "height"].every(
      (name) => !/%|em|v[wh]/.test(element.getAttribute(name) || element.style[name]),
    );
    return plain && size.every((length) => length >= 16 && length <= 4096)
      ? size.map(Math.round)
      : null;
  };

  const frameOf = (element, attribute = "") => ({
    size: sizeOf(element),
    attribute,
    frame: Object.fromEntries(
      attributes
        .filter((name) => element.hasAttribute(name))
        .map((name) => [name, element.getAttribute(name)]),
    ),
  });

  // The frame behind a stack as a whole is started by no reveal.js, but when it is preloaded: the
  // current background is that of the vertical slide.
  function background(section, slide, isStarted = true) {
    if (section.getAttribute("data-background-image")) return;
    const videos = section.getAttribute("data-background-video");
    for (const video of (videos || "").split(",")) add("background-video", video, slide);
    if (!videos && isStarted)
      add("background-iframe", section.getAttribute("data-background-iframe"), slide);
  }

  // The document in a frame of the deck's own; null where it is of another origin.
  const documentIn = (frame) => {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  };

  function content(root, slide) {
    for (const element of root.querySelectorAll("*")) {
      if (found.length >= most) return;
      if (element.shadowRoot) content(element.shadowRoot, slide);
      if (!element.matches(SHOWN) || element.closest("aside.notes, template")) continue;
      const name = element.localName;
      if (name === "iframe" && element.hasAttribute("srcdoc")) {
        const inner = documentIn(element);
        if (inner) content(inner, slide);
      } else if (name === "iframe") {
        add("iframe", framed(element), slide, frameOf(element));
      } else if (name === "object")
        add("object", element.getAttribute("data"), slide, frameOf(element, "data"));
      else if (name === "embed")
        add("object", element.getAttribute("src"), slide, frameOf(element, "src"));
      else
        add(
          element.closest("video") ? "video" : "audio",
          element.dataset.src || element.getAttribute("src"),
          slide,
        );
    }
  }

  const sections = (root) =>
    Array.from(root.children).filter((child) => child.localName === "section");
  const slides = document.querySelector(".reveal .slides");
  sections(slides || document.createElement("div")).forEach((outer, h) => {
    const inner = sections(outer);
    inner.forEach((section, v) => {
      background(section, [h, v]);
      content(section, [h, v]);
    });
    background(outer, [h, 0], !inner.length || outer.hasAttribute("data-preload"));
    if (!inner.length) content(outer, [h, 0]);
  });
  return found;
};
