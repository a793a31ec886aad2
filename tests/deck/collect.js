// Visits every slide through reveal.js' own API and says what its document holds there.
() => {
  const absolute = (value) => {
    const text = value.trim();
    try {
      const url = new URL(text.startsWith("//") ? "https:" + text : text, document.baseURI);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  };
  const audience = (element) => !element.closest("aside.notes");
  // Where reveal.js before 3.9 keeps a section's background: at the same place among all of them.
  const before39 = (section) => {
    const at = (node) =>
      [...node.parentNode.children].filter((e) => e.localName === "section").indexOf(node);
    const all = (place) =>
      [...place.children].filter((e) => e.classList.contains("slide-background"));
    const backgrounds = document.querySelector(".reveal > .backgrounds");
    if (!backgrounds) return null;
    const stack = stackOf(section);
    return stack ? all(all(backgrounds)[at(stack)])[at(section)] : all(backgrounds)[at(section)];
  };
  const collect = (slide, stack) => {
    const shown = {};
    const add = (kind, value) => {
      const url = value && !value.trim().startsWith("#") ? absolute(value) : null;
      if (url) (shown[kind] = shown[kind] || []).push(url);
    };
    const cssUrls = (kind, text) => {
      for (const match of text.matchAll(/url\((["']?)(.*?)\1\)/g)) add(kind, match[2]);
    };
    const background = (section) => {
      const element = section.slideBackgroundContentElement || before39(section);
      if (!element) return;
      const outer = section.slideBackgroundElement;
      if (outer) cssUrls("background-image", outer.style.backgroundImage);
      cssUrls("background-image", element.style.backgroundImage);
      for (const source of element.querySelectorAll("video source")) {
        add("background-video", source.getAttribute("src") || source.getAttribute("data-src"));
      }
      for (const frame of element.querySelectorAll("iframe")) {
        add("background-iframe", frame.getAttribute("src"));
      }
    };
    background(slide);
    if (stack) background(stack);
    const lazy = (e) => e.getAttribute("src") || e.getAttribute("data-src");
    const inSlide = [slide, ...slide.querySelectorAll("*")];
    if (stack) {
      for (const child of stack.children) {
        if (child.nodeName !== "SECTION") inSlide.push(child, ...child.querySelectorAll("*"));
      }
    }
    for (const element of inSlide) {
      const name = element.localName;
      if (name === "a" || name === "area") add("link", element.getAttribute("href"));
      if (name === "a") add("link", element.getAttribute("xlink:href"));
      if (!audience(element)) continue;
      if (element !== slide) cssUrls("image", element.style ? element.style.cssText : "");
      else cssUrls("image", slide.style.cssText);
      if (name === "style") cssUrls("image", element.textContent);
      for (const kind of ["image", "video"]) {
        add(kind, element.getAttribute("data-preview-" + kind));
      }
      if (name === "iframe") add("iframe", lazy(element));
      if (name === "embed") add("object", element.getAttribute("src"));
      if (name === "object") add("object", element.getAttribute("data"));
      if (name === "track") add("track", element.getAttribute("src"));
      if (name === "video" || name === "audio") {
        add("image", element.getAttribute("poster"));
        if (lazy(element)) add(name, lazy(element));
        else for (const source of element.querySelectorAll("source")) add(name, lazy(source));
      }
      if (name === "img" || name === "input") add("image", lazy(element));
      if (name === "image" || name === "use") {
        add("image", element.getAttribute("href") || element.getAttribute("xlink:href"));
      }
      if (name === "img" || (name === "source" && element.parentNode.localName === "picture")) {
        for (const item of (element.getAttribute("srcset") || "").split(/,\s+/)) {
          add("image", item.trim().split(/\s+/)[0]);
        }
      }
    }
    return shown;
  };
  const stackOf = (section) =>
    section.parentNode.localName === "section" ? section.parentNode : null;
  const slides = [...document.querySelectorAll(".reveal .slides section")].filter(
    (s) =>
      !s.classList.contains("stack") &&
      (s.parentNode.classList.contains("slides") ||
        s.parentNode.parentNode.classList.contains("slides")),
  );
  return slides.map((slide) => {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    const at = Reveal.getIndices();
    const stack = stackOf(slide);
    const first = stack && stack.querySelector("section") === slide;
    return { h: at.h, v: at.v || 0, shown: collect(slide, first ? stack : null) };
  });
};
