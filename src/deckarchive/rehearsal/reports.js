// Runs in the deck's page, in the page's own world: what the frames of our own, `numbers` among the
// document's frames, say of themselves, in a folder of an earlier version; null for any other.
(numbers) => {
  const frames = document.querySelectorAll("iframe, object, embed");
  const found = [];
  for (const n of numbers) {
    try {
      const frame = /** @type {HTMLIFrameElement} */ (frames[n]);
      found.push(/** @type {any} */ (frame.contentWindow).deckarchive || null);
    } catch {
      found.push(null);
    }
  }
  return found;
};
