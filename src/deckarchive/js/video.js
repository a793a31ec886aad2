// Puts the only video of the page where a good picture is: a moment after its start. Says
// {playable, width, height, duration, error}.
async () => {
  const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
  const first = (...names) =>
    new Promise((done) => {
      for (const name of names) video.addEventListener(name, () => done(name), { once: true });
      setTimeout(() => done("timeout"), 6000);
    });
  if (video.readyState < 2 && !video.error) await first("loadeddata", "error");
  const playable = video.readyState >= 2;
  const length = Number.isFinite(video.duration) ? video.duration : 0;
  if (playable && length > 0.2) {
    const sought = first("seeked", "error");
    video.currentTime = Math.min(1, length / 3);
    await sought;
  }
  return {
    playable,
    width: video.videoWidth,
    height: video.videoHeight,
    duration: length,
    error: video.error?.message || "",
  };
};
