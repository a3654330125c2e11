const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** A duration in at most two units, as kubectl shows ages: `45s`, `12m`, `3h20m`, `5d`. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  // Below ten of a unit, the next smaller one is still useful; above, it is noise.
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  const [name, size] = UNITS[at] ?? UNITS[3];
  const whole = Math.floor(seconds / size);
  const smaller = UNITS[at + 1];
  if (smaller === undefined || at < 0 || whole >= 10) return `${whole}${name}`;
  const rest = Math.floor((seconds % size) / smaller[1]);
  return rest === 0 ? `${whole}${name}` : `${whole}${name}${rest}${smaller[0]}`;
}

/** The age of an instant (RFC 3339); `-` when it is unknown. */
export function ageOf(instant: string | undefined, nowMs: number): string {
  const sinceMs = Date.parse(instant ?? '');
  return Number.isNaN(sinceMs) ? '-' : age(nowMs - sinceMs);
}
