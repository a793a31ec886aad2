// Runs in a page's own world before its scripts, called with the name of an event that nobody else
// knows. Keeps a list of the timers that the page has set, and writes it into the element that such
// an event brings: for each the milliseconds until it is due, how often one of that delay has
// fired, and the delay. What the page sees of its timers stays as it is: a proxy keeps name, length
// and native code.
(channel) => {
  const MOST = 1000; // entries; a page with more timers is busy without them
  const { apply } = Reflect;
  const now = performance.now.bind(performance);
  const number = Number.isFinite;
  const { max } = Math;
  const setAttribute = Element.prototype.setAttribute;
  const related = Object.getOwnPropertyDescriptor(MouseEvent.prototype, "relatedTarget").get;
  /** @type {Record<string, {due: number, delay: number, repeats: boolean}>} */
  const timers = Object.create(null);
  /** @type {Record<number, number>} */
  const fired = Object.create(null);
  let count = 0;
  const forget = (id) => {
    if (id in timers) {
      delete timers[id];
      count -= 1;
    }
  };
  const fire = (id) => {
    const timer = timers[id];
    if (!timer) return;
    fired[timer.delay] = (fired[timer.delay] || 0) + 1;
    if (timer.repeats) timer.due = now() + timer.delay;
    else forget(id);
  };
  const watch = (name, repeats) => {
    const native = /** @type {any} */ (window[name]);
    window[name] = new Proxy(native, {
      apply: (target, self, args) => {
        const work = args[0]; // no destructuring: a page may replace what that calls
        const delay = args[1];
        if (typeof work !== "function" || !number(delay) || count >= MOST)
          return apply(target, self, args);
        let id = 0;
        args[0] = function (...given) {
          fire(id);
          return apply(work, this, given);
        };
        id = apply(target, self, args);
        timers[id] = { due: now() + delay, delay, repeats };
        count += 1;
        return id;
      },
    });
  };
  const unwatch = (name) => {
    window[name] = new Proxy(/** @type {any} */ (window[name]), {
      apply: (target, self, args) => {
        if (number(args[0])) forget(args[0]);
        return apply(target, self, args);
      },
    });
  };
  watch("setTimeout", false);
  watch("setInterval", true);
  unwatch("clearTimeout");
  unwatch("clearInterval");
  addEventListener(channel, (event) => {
    let list = "";
    for (const id in timers) {
      const { due, delay } = timers[id];
      list += `${list && ","}[${max(0, due - now())},${fired[delay] || 0},${max(0, delay)}]`;
    }
    apply(setAttribute, apply(related, event, []), ["data-timers", `[${list}]`]);
  });
};
