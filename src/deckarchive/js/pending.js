// What the page has still to do, as far as it says so: {timers, animation, busy, frames, worker,
// bare}. Called with the name of the event that timers.js answers.
// timers: [[milliseconds until due, how often one of that delay has fired, the delay], ...];
// animation: milliseconds until the last animation or transition with an end has ended;
// busy: whether something in view says that it is loading: aria-busy, a progress bar without a
// value, an endless animation of what is called a spinner or a skeleton;
// frames: for how many milliseconds its scripts have drawn frame by frame (0: they do not);
// worker: milliseconds since a worker was last asked that has not answered yet (-1: none);
// bare: whether next to nothing can be read or seen in view, a canvas left out; "covered" where the
// page has more, which is hidden or lies below.
(channel) => {
  const LOADING = /spin|skelet|load|shimmer|placeholder|progress|busy/i;
  const answer = document.createElement("i");
  dispatchEvent(new MouseEvent(channel, { relatedTarget: answer }));
  const inView = (element) => {
    const rect = element.getBoundingClientRect();
    const { visibility, opacity } = getComputedStyle(element);
    const inside = rect.bottom > 0 && rect.top < innerHeight && rect.right > 0;
    return inside && rect.width > 1 && rect.height > 1 && visibility !== "hidden" && +opacity > 0;
  };
  const called = (element) => {
    for (let up = 0; element && up < 3; up += 1, element = element.parentElement) {
      const name = `${element.id} ${element.getAttribute("class") || ""} ${element.localName}`;
      if (LOADING.test(name)) return true;
    }
    return false;
  };
  let animation = 0;
  let busy = false;
  for (const one of document.getAnimations().slice(0, 500)) {
    const effect = /** @type {KeyframeEffect | null} */ (one.effect);
    if (one.playState !== "running" || !effect?.target) continue;
    const end = Number(effect.getComputedTiming().endTime);
    const left = end - Number(one.currentTime);
    if (Number.isFinite(left)) animation = Math.max(animation, left);
    else if (!busy) busy = called(effect.target) && inView(effect.target);
  }
  const says = "[aria-busy=true], progress:not([value]), [role=progressbar]:not([aria-valuenow])";
  busy ||= Array.from(document.querySelectorAll(says)).slice(0, 100).some(inView);
  const frames = Number(answer.getAttribute("data-frames") || 0);
  const LITTLE = 100; // characters
  const showsLittle = () => {
    const covers = (element) => {
      const { position } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const over = element.localName === "canvas" || /fixed|absolute/.test(position);
      return over && width * height >= 0.8 * innerWidth * innerHeight;
    };
    let top = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    while (top && top !== document.body && !covers(top)) top = top.parentElement;
    const cover = top && top !== document.body ? /** @type {HTMLElement} */ (top) : null;
    const all = document.body?.innerText.length || 0;
    const shown = cover ? cover.innerText.length : all;
    const large = (element) => inView(element) && element.getBoundingClientRect().width > 100;
    const within = cover || document;
    const media = Array.from(within.querySelectorAll("img, video, iframe, object, embed, svg"));
    if (shown >= LITTLE || media.slice(0, 200).some(large)) return "";
    const hidden = Array.from(document.querySelectorAll("body > *")).filter(
      (element) =>
        element !== cover && !/^(script|style|noscript|template)$/.test(element.localName),
    );
    const more = hidden.some((one) => !one.contains(cover) && one.textContent.length >= LITTLE);
    return more ? "covered" : "bare";
  };
  return {
    timers: JSON.parse(answer.getAttribute("data-timers") || "[]"),
    animation,
    busy,
    frames,
    worker: Number(answer.getAttribute("data-workers") || -1),
    bare: frames ? showsLittle() : "",
  };
};
