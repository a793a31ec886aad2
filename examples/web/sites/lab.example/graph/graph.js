// Seven pages and their links, laid out by forces; the data comes as JSON.
d3.json("pages.json").then(({ nodes, links }) => {
  const svg = d3.select("svg");
  const width = innerWidth;
  const height = innerHeight;
  const simulation = d3
    .forceSimulation(nodes)
    .force("charge", d3.forceManyBody().strength(-900))
    .force(
      "link",
      d3
        .forceLink(links)
        .id((n) => n.id)
        .distance(140),
    )
    .force("centre", d3.forceCenter(width / 2, height / 2));

  function draw() {
    svg
      .selectAll("line")
      .data(links)
      .join((enter) => enter.insert("line", ":first-child"));
    svg
      .selectAll("circle")
      .data(nodes)
      .join("circle")
      .attr("r", 22)
      .call(
        d3
          .drag()
          .on("start", (event) => simulation.alphaTarget(0.3).restart())
          .on("drag", (event, n) => {
            n.fx = event.x;
            n.fy = event.y;
          })
          .on("end", (event, n) => {
            simulation.alphaTarget(0);
            n.fx = n.fy = null;
          }),
      );
    d3.select("#count").text(`${nodes.length} pages, ${links.length} links`);
  }

  simulation.on("tick", () => {
    svg
      .selectAll("line")
      .attr("x1", (l) => l.source.x)
      .attr("y1", (l) => l.source.y)
      .attr("x2", (l) => l.target.x)
      .attr("y2", (l) => l.target.y);
    svg
      .selectAll("circle")
      .attr("cx", (n) => n.x)
      .attr("cy", (n) => n.y);
  });
  svg.on("click", (event) => {
    const [x, y] = d3.pointer(event);
    nodes.push({ id: `page ${nodes.length}`, x, y });
    links.push({ source: nodes[nodes.length - 1], target: nodes[0] });
    simulation.nodes(nodes).force("link").links(links);
    simulation.alpha(0.5).restart();
    draw();
  });
  draw();
});
