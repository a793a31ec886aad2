// What the page has still to do, as far as it says so: {timers, animation, busy}. Called with the
// name of the event that timers.js answers.
// timers: [[milliseconds until due, how often one of that delay has fired, the delay], ...];
// animation: milliseconds until the last animation or transition with an end has ended;
// busy: whether something in view says that it is loading: aria-busy, a progress bar without a
// value, an endless animation of what is called a spinner or a skeleton.
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
  return { timers: JSON.parse(answer.getAttribute("data-timers") || "[]"), animation, busy };
};
