// Runs in a page's own world before its scripts, called with the name of an event that nobody else
// knows. Keeps account of what the page has set going, and writes it into the element that such an
// event brings:
// data-timers, a list: of each the milliseconds until it is due, how often one of that delay has
// fired, and the delay;
// data-frames: for how many milliseconds it has asked for one animation frame after another (0: it
// does not);
// data-workers: milliseconds since the last worker was made or sent something that has not sent
// anything since (-1: there is none).
// What the page sees stays as it is: a proxy keeps name, length and native code.
(channel) => {
  const MOST = 1000; // entries; a page with more timers is busy without them
  const GAP = 1000; // milliseconds between two frames of one loop, at most
  const LOOP = 10; // frames one after another that make a loop
  const { apply, construct } = Reflect;
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
  const loop = { since: 0, asked: -GAP, frames: 0 };
  window.requestAnimationFrame = new Proxy(window.requestAnimationFrame, {
    apply: (target, self, args) => {
      const at = now();
      if (at - loop.asked >= GAP) {
        loop.since = at;
        loop.frames = 0;
      }
      loop.asked = at;
      loop.frames += 1;
      return apply(target, self, args);
    },
  });
  const looping = () => {
    const at = now();
    return loop.frames >= LOOP && at - loop.asked < GAP ? at - loop.since : 0;
  };
  const listen = EventTarget.prototype.addEventListener;
  const { get, set } = WeakMap.prototype;
  const known = new WeakMap(); // worker → one of `asked`
  /** @type {Record<number, {at: number, owes: boolean}>} */
  const asked = Object.create(null);
  let workers = 0;
  const expect = (worker, from) => {
    if (workers >= MOST) return;
    const one = { at: now(), owes: true };
    asked[workers++] = one;
    apply(set, known, [worker, one]);
    const answered = () => {
      one.owes = false;
    };
    apply(listen, from, ["message", answered]);
    apply(listen, worker, ["error", answered]);
  };
  for (const name of ["Worker", "SharedWorker"]) {
    const native = /** @type {any} */ (window[name]);
    if (!native) continue;
    const port = Object.getOwnPropertyDescriptor(native.prototype, "port")?.get;
    const made = new Proxy(native, {
      construct: (target, args, as) => {
        const worker = construct(target, args, as);
        expect(worker, port ? apply(port, worker, []) : worker);
        return worker;
      },
    });
    window[name] = made;
    Object.defineProperty(native.prototype, "constructor", { value: made });
  }
  for (const name of ["postMessage", "terminate"]) {
    Worker.prototype[name] = new Proxy(/** @type {any} */ (Worker.prototype[name]), {
      apply: (target, self, args) => {
        const one = apply(get, known, [self]);
        if (one) {
          one.at = now();
          one.owes = name === "postMessage";
        }
        return apply(target, self, args);
      },
    });
  }
  const owed = () => {
    let last = -1;
    for (let n = 0; n < workers; n += 1) if (asked[n].owes) last = max(last, asked[n].at);
    return last < 0 ? -1 : now() - last;
  };
  addEventListener(channel, (event) => {
    let list = "";
    for (const id in timers) {
      const { due, delay } = timers[id];
      list += `${list && ","}[${max(0, due - now())},${fired[delay] || 0},${max(0, delay)}]`;
    }
    const answer = apply(related, event, []);
    apply(setAttribute, answer, ["data-timers", `[${list}]`]);
    apply(setAttribute, answer, ["data-frames", `${looping()}`]);
    apply(setAttribute, answer, ["data-workers", `${owed()}`]);
  });
};
