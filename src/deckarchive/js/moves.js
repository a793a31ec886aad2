// Whether the document may look otherwise in a moment, by itself: an animation or a loop of frames
// runs, a timer is due, a video plays, or an image or a drawing has frames of its own.
// Called with the name of the event that timers.js answers.
(channel) => {
  const SOON = 500; // milliseconds
  const ANIMATED = /^data:image\/(gif|apng)|\.(gif|apng)\b/i;
  const answer = document.createElement("i");
  dispatchEvent(new MouseEvent(channel, { relatedTarget: answer }));
  if (Number(answer.getAttribute("data-frames") || 0)) return true;
  const timers = JSON.parse(answer.getAttribute("data-timers") || "[]");
  if (timers.some(([due]) => due < SOON)) return true;
  if (document.getAnimations().some((one) => one.playState === "running")) return true;
  if (document.querySelector("animate, animateTransform, animateMotion, marquee")) return true;
  const playing = (video) => !video.paused && !video.ended && video.readyState > 2;
  if (Array.from(document.querySelectorAll("video")).some(playing)) return true;
  return Array.from(document.images).some((image) => ANIMATED.test(image.currentSrc));
};
