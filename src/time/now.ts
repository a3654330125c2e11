/**
 * Milliseconds since the process started, Node's own start included; never goes back. `performance.now()`
 * would do, but Node loads it only when it is first used, which takes time.
 */
export function nowMs(): number {
  return process.uptime() * 1000;
}
