/**
 * Milliseconds since this process began, Node's own start included. Unlike `performance`, which Node
 * loads when first asked for, it costs nothing.
 */
export function nowMs(): number {
  return process.uptime() * 1000;
}
