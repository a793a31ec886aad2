const hops = [
  "at the sender",
  "at the first router",
  "at the exchange",
  "at the last router",
  "delivered",
];
let at = 0;
document.getElementById("send").addEventListener("click", () => {
  at = (at + 1) % hops.length;
  document.getElementById("where").textContent = hops[at];
});
