// Plays the document's media, muted, for at most {budget} milliseconds, then puts them back.
// A player that feeds a MediaSource requests its segments as it plays: such a video runs fast, as
// long as it goes on; other media only start. Says how many were played.
async ({ budget }) => {
  const MANY = 8;
  const until = performance.now() + budget;
  const breath = (ms) => new Promise((done) => setTimeout(done, ms));
  const play = async (media) => {
    const { muted, currentTime, playbackRate, paused } = media;
    const fed = () => /^blob:/.test(media.currentSrc) || media.srcObject;
    const stuck = { at: -1, since: 0 };
    media.muted = true;
    await Promise.race([media.play().catch(() => {}), breath(1500)]);
    if (fed() && Number.isFinite(media.duration)) media.playbackRate = 8;
    const start = performance.now();
    while (performance.now() < until && !media.ended) {
      await breath(100);
      const now = performance.now();
      if (!fed() && now - start > 800) break;
      if (media.currentTime !== stuck.at)
        Object.assign(stuck, { at: media.currentTime, since: now });
      if (now - stuck.since > 2500) break;
    }
    media.playbackRate = playbackRate;
    if (paused) media.pause();
    if (Number.isFinite(media.duration)) media.currentTime = currentTime;
    media.muted = muted;
  };
  const found = Array.from(document.querySelectorAll("video, audio")).slice(0, MANY);
  await Promise.all(found.map((media) => play(media).catch(() => {})));
  return found.length;
};
