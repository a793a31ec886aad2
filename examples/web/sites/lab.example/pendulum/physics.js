/** One step of an undamped pendulum, by the symplectic Euler method. */
export function step({ angle, speed }, dt) {
  const next = speed - 12 * Math.sin(angle) * dt;
  return { angle: angle + next * dt, speed: next };
}
