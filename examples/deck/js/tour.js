// Shows how far the tour has come in the window's title.
Reveal.on("slidechanged", () => {
  document.title = `A tour of the web (${Reveal.getSlidePastCount() + 1}/${Reveal.getTotalSlides()})`;
});
