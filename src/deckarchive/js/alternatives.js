// The URLs that another screen, browser or moment would request: every srcset candidate, media
// source, poster, text track and lazy data-src of the document. Absolute, http(s), no doubles:
// {images: [...], media: [...]}.
() => {
  const images = new Set();
  const media = new Set();
  const add = (set, raw, base) => {
    try {
      const url = new URL(raw, base || document.baseURI);
      if (/^https?:$/.test(url.protocol)) set.add(url.href.split("#")[0]);
    } catch {
      /* not a URL: it cannot be requested */
    }
  };
  const candidates = (value) => {
    for (const part of value.matchAll(
      /(?:^|[\s,])\s*((?!,)\S*[^\s,])(?:\s+[\d.]+[wxh])?\s*(?=,|$)/g,
    )) {
      add(images, part[1]);
    }
  };
  for (const element of Array.from(document.querySelectorAll("[srcset]"))) {
    candidates(element.getAttribute("srcset"));
  }
  for (const link of Array.from(document.querySelectorAll("link[imagesrcset]"))) {
    candidates(link.getAttribute("imagesrcset"));
  }
  for (const video of Array.from(document.querySelectorAll("video[poster]"))) {
    add(images, video.getAttribute("poster"));
  }
  for (const image of Array.from(document.querySelectorAll("img[data-src]"))) {
    add(images, image.getAttribute("data-src"));
  }
  const sources = "video[src], audio[src], video source[src], audio source[src], track[src]";
  for (const element of Array.from(document.querySelectorAll(sources)))
    add(media, element.getAttribute("src"));
  return { images: [...images], media: [...media] };
};
