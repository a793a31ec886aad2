// Runs in the deck's page after survey.js: plays the media that it found, muted, seeks in each to
// its middle and near its end, and leaves it as it was. `numbers` says which. Answers for each
// {plays, winds, ends, duration, fault}: booleans, `null` where it is unknown (a stream has
// no middle); `duration` in seconds or null; `fault` is the browser's message.
async (numbers) => {
  const PLAY = 4000;
  const WIND = 5000;
  const END = 2500;
  const NEAR_END = 0.95;
  const happens = async (condition, ms) => {
    const until = performance.now() + ms;
    while (!condition() && performance.now() < until) await new Promise((go) => setTimeout(go, 30));
    return condition();
  };
  const plays = async (media) => {
    if (media.ended || media.currentTime > media.duration / 2) media.currentTime = 0;
    await happens(() => !media.seeking || media.error, END);
    const from = media.currentTime;
    let ended = false; // what is very short ends between two looks
    const end = () => {
      ended = true;
    };
    media.addEventListener("ended", end);
    media.play().catch(() => {});
    const moves = await happens(
      () => media.error || ended || media.currentTime > from + 0.05,
      PLAY,
    );
    media.removeEventListener("ended", end);
    media.pause();
    return !!moves && !media.error;
  };
  const winds = async (media, to, ms) => {
    media.currentTime = to;
    await happens(() => media.error || (!media.seeking && media.readyState >= 2), ms);
    return !media.error && !media.seeking && media.readyState >= 2;
  };
  const use = async (media) => {
    const length = media.duration;
    const known = Number.isFinite(length) && length > 0;
    /** @type {Record<string, any>} */
    const answer = {
      plays: null,
      winds: null,
      ends: null,
      duration: known ? length : null,
      fault: "",
    };
    const { muted, paused, currentTime, loop } = media;
    Object.assign(media, { muted: true, loop: false });
    answer.plays = await plays(media);
    // Where it is the guess of a browser that has no index, the end may come before the middle.
    const near = (to) =>
      media.ended || Math.abs(media.currentTime - to) < Math.max(0.25, length / 10);
    if (known && answer.plays)
      answer.winds = (await winds(media, length / 2, WIND)) && near(length / 2);
    if (answer.winds) {
      // Only an error shows that the end is missing: a decoder may need long to get there.
      await winds(media, length * NEAR_END, END);
      answer.ends = !media.error;
    }
    answer.fault = media.error ? String(media.error.message || media.error.code).slice(0, 300) : "";
    Object.assign(media, { muted, loop });
    if (!media.error) media.currentTime = currentTime;
    if (!paused) media.play().catch(() => {});
    return answer;
  };
  const found = window.__deckarchiveMedia || [];
  return Promise.all(numbers.map((n) => (found[n] ? use(found[n]) : null)));
};
