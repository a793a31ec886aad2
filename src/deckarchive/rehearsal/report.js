// Runs in a frame page: what it reports, whether its picture still covers the copy, and the fragment
// that it shows. `report` is null where it says nothing.
() => {
  let report = null;
  try {
    report = JSON.parse((document.documentElement.dataset.report || "null").slice(0, 400000));
  } catch {
    /* none of ours */
  }
  const inner = ["iframe", "object", "embed"];
  const top = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const covered = !!top && !!document.querySelector(inner.join()) && !inner.includes(top.localName);
  return { report, covered, fragment: location.hash.slice(1) };
};
