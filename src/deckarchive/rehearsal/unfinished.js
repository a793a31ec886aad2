// Runs in a copy: whether something of it is still on its way to be seen. It has not been loaded, a
// font or an image in view is loading, a video in view has data to come and no picture yet, or an
// animation with an end runs. Its frames of the same origin count like itself. One that `paints` is
// not finished before it has. Bounded on huge documents.
async (paints) => {
  const LIMIT = 4000;
  const DEPTH = 3;
  const PAINT = 1000; // milliseconds in which a document paints that is painted at all
  const isInView = (element, view) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const inside = bottom > 0 && top < view.innerHeight && right > 0 && left < view.innerWidth;
    return inside && right - left > 1 && bottom - top > 1;
  };
  const isOnItsWay = (element, view) => {
    if (element.localName === "img") return !element.complete && isInView(element, view);
    if (element.localName !== "video" || !isInView(element, view)) return false;
    const loading = element.networkState === 2; // NETWORK_LOADING
    return loading && element.readyState < 2 && !element.error; // HAVE_CURRENT_DATA
  };
  const isAnimated = (document) =>
    document
      .getAnimations()
      .slice(0, 500)
      .some((one) => {
        if (one.playState !== "running" || !one.effect) return false;
        return Number.isFinite(Number(one.effect.getComputedTiming().endTime));
      });
  const unfinished = (view, depth) => {
    const { document } = view;
    if (document.readyState !== "complete" || document.fonts?.status === "loading") return true;
    const elements = Array.from(document.querySelectorAll("img, video, iframe")).slice(0, LIMIT);
    if (elements.some((one) => isOnItsWay(one, view)) || isAnimated(document)) return true;
    return elements.some((one) => {
      if (one.localName !== "iframe" || depth < 1 || !isInView(one, view)) return false;
      try {
        return unfinished(/** @type {HTMLIFrameElement} */ (one).contentWindow, depth - 1);
      } catch {
        return false; // another origin
      }
    });
  };
  const frame = () => new Promise((go) => requestAnimationFrame(() => go(true)));
  const painted = async () => (await frame()) && (await frame());
  const late = new Promise((go) => setTimeout(() => go(false), PAINT));
  if (paints && !(await Promise.race([painted(), late]))) return true;
  return unfinished(window, DEPTH);
};
