// Shows how far the tour has come in the window's title.
Reveal.on("slidechanged", () => {
  const slide = Reveal.getSlidePastCount() + 1;
  document.title = `A tour of the web (${slide}/${Reveal.getTotalSlides()})`;
});
