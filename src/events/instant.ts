/** A point in time, to the nanosecond. */
export interface Instant {
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Go's zero time, `0001-01-01T00:00:00Z` in JSON, which means "none". */
const GO_ZERO_SECONDS = -62_135_596_800;

/** Parses a time as Go's JSON does (RFC 3339); undefined for anything else. */
export function parseInstant(text: string): Instant | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined;
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * 60 * (match[8] === '-' ? -1 : 1);
  return {
    seconds: date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset,
    nanoseconds: Number((match[7] ?? '').slice(0, 9).padEnd(9, '0')),
  };
}

type Six = [number, number, number, number, number, number];

/** Negative when the first is earlier, 0 when they are the same instant. */
export function compareInstants(first: Instant, second: Instant): number {
  return first.seconds - second.seconds || first.nanoseconds - second.nanoseconds;
}

/** True for Go's zero time, in any time zone. */
export function isZeroInstant({seconds, nanoseconds}: Instant): boolean {
  return seconds === GO_ZERO_SECONDS && nanoseconds === 0;
}
