// What the pages of bench.platform use; window.out is what a page found out.
const tidy = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const once = (target, ...types) =>
  new Promise((done) => {
    for (const type of types) target.addEventListener(type, done, { once: true });
  });
const within = (promise, ms = 4000) =>
  Promise.race([promise, sleep(ms).then(() => "nothing came")]);
const settled = (promise) =>
  promise.then(
    (value) => value,
    (error) => "refused: " + error.name,
  );
const main = () => document.querySelector("main");
// "load" or "error", when an element that is put into the page is done.
const shown = (element) => {
  const done = once(element, "load", "error").then((event) => event.type);
  main().append(element);
  return within(done);
};
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const asked = (worker, ...sent) =>
  within(
    new Promise((done) => {
      const port = worker.port || worker;
      port.onmessage = (event) => done(event.data);
      worker.onerror = (event) => done("worker error " + (event.message || ""));
      if (port.start) port.start();
      port.postMessage(...(sent.length ? sent : ["ask"]));
    }),
  );
// The pixel in the middle of what can be drawn.
const pixel = (source, width = 8) => {
  const canvas = make("canvas", { width, height: width });
  const context = canvas.getContext("2d");
  context.drawImage(source, 0, 0, width, width);
  return [...context.getImageData(width / 2, width / 2, 1, 1).data];
};
const image = async (url, properties) => {
  const found = Object.assign(new Image(), properties);
  found.src = url;
  await found.decode();
  return found;
};
// How many elements of the page have a picture by style, which really loads.
const drawn = async () => {
  let found = 0;
  for (const element of main().parentNode.querySelectorAll("main, main *")) {
    const style = getComputedStyle(element);
    const [, url] =
      /url\("(.*?)"\)/.exec(
        [style.backgroundImage, style.listStyleImage, style.borderImageSource].join(),
      ) || [];
    if (url && !(window.__deckarchive_page && /^https:/.test(url)))
      found += (await settled(image(url).then((i) => i.naturalWidth > 0))) === true ? 1 : 0;
  }
  return found;
};
function run(job) {
  window.out = undefined;
  const end = (value) => {
    if (window.out === undefined) window.out = tidy(value);
  };
  setTimeout(end, 9000, "hangs");
  new Promise((done) => done(job())).then(end, (error) =>
    end("error " + error.name + ": " + error.message),
  );
}
