import { step } from "./physics.js";

const canvas = document.querySelector("canvas");
const pen = canvas.getContext("2d");
let state = { angle: 1, speed: 0 };
let swings = 0;

addEventListener("click", (event) => {
  state = { angle: Math.atan2(event.clientX - innerWidth / 2, event.clientY - 60), speed: 0 };
  document.body.dataset.angle = state.angle.toFixed(2);
});

function draw() {
  const before = state.speed;
  state = step(state, 1 / 60);
  if (before * state.speed < 0) document.getElementById("swings").textContent = ++swings;
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  const length = innerHeight * 0.6;
  const x = innerWidth / 2 + length * Math.sin(state.angle);
  const y = 60 + length * Math.cos(state.angle);
  pen.strokeStyle = pen.fillStyle = "#f0b429";
  pen.lineWidth = 4;
  pen.beginPath();
  pen.moveTo(innerWidth / 2, 60);
  pen.lineTo(x, y);
  pen.stroke();
  pen.beginPath();
  pen.arc(x, y, 36, 0, 7);
  pen.fill();
  requestAnimationFrame(draw);
}
draw();
