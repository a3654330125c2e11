/** What one call of `record` was given and answered. */
export interface RecordEvidence {
  /** Stands in the event as `"subject"`; no other event has it. */
  readonly marker: string;
  /** `unknown`: killed, or ended without knowing. */
  readonly outcome: 'acknowledged' | 'failed' | 'unknown';
  /** The number it was told, where that is known. */
  readonly number?: number;
  readonly startedMs: number;
  readonly endedMs: number;
  /** What must come back, with `"seq":0`. */
  readonly text: string;
  /** True for writers that may leave a number open until a reader has passed it. */
  readonly isShell: boolean;
}

/** Lines that a `list` or a `watch` gave. */
export interface ReadEvidence {
  readonly name: string;
  readonly afterSeq: number;
  readonly lines: readonly string[];
}

export interface Evidence {
  readonly records: readonly RecordEvidence[];
  /** Watchers that were given the time to come to the end. */
  readonly watchers: readonly ReadEvidence[];
  /** Lists made while writers wrote. */
  readonly lists: readonly ReadEvidence[];
  /** The whole log in the end. */
  readonly listed: readonly string[];
  readonly latestSeq: number;
  /** Numbers below it may have been pruned. */
  readonly floor: number;
  /**
   * True when the counter was deleted or put back. An event then under way may come to stand
   * below one that is acknowledged already; no watcher had passed its number.
   */
  readonly isTampered: boolean;
}

interface Line {
  readonly seq: number;
  readonly marker: string;
  readonly text: string;
}

/** Judges a run by the promises of the events protocol; gives what was broken, one line each. */
export function complaintsAbout(evidence: Evidence): string[] {
  const log = evidence.listed.map(parseLine);
  return [
    ...checkOrder('the log', 0, log),
    ...checkRecords(evidence, log),
    ...(evidence.isTampered ? [] : checkRealTime(evidence, log)),
    ...evidence.watchers.flatMap(watcher => checkWatcher(evidence, watcher, log)),
    ...checkAgreement(evidence),
    ...(evidence.isTampered ? [] : evidence.lists).flatMap(list => checkList(evidence, list, log)),
    ...((log.at(-1)?.seq ?? 0) > evidence.latestSeq ? [`latest-seq ${evidence.latestSeq}`] : []),
  ];
}

function parseLine(text: string): Line {
  const {seq, subject} = JSON.parse(text) as {seq: number; subject: string};
  return {seq, marker: subject, text};
}

function checkOrder(name: string, afterSeq: number, lines: readonly Line[]): string[] {
  let last = afterSeq;
  return lines.flatMap(({seq}) => {
    const complaint = seq > last ? [] : [`${name}: ${seq} after ${last}`];
    last = seq;
    return complaint;
  });
}

/** Acknowledged events are there once and unchanged; failed ones are nowhere. */
function checkRecords(evidence: Evidence, log: readonly Line[]): string[] {
  const found = new Map<string, Line[]>();
  for (const line of log) found.set(line.marker, [...(found.get(line.marker) ?? []), line]);
  const given = new Set(
    evidence.watchers.flatMap(({lines}) => lines.map(l => parseLine(l).marker)),
  );
  return evidence.records.flatMap(({marker, outcome, number, text}) => {
    const [line, ...more] = found.get(marker) ?? [];
    if (more.length > 0) return [`${marker}: recorded twice`];
    if (outcome === 'failed')
      return line || given.has(marker) ? [`${marker}: failed, but there`] : [];
    if (!line) {
      const isGone = number !== undefined && number < evidence.floor;
      return outcome === 'unknown' || isGone ? [] : [`${marker}: lost (was ${number ?? '?'})`];
    }
    if (number !== undefined && line.seq !== number)
      return [`${marker}: was ${number}, is ${line.seq}`];
    const expected = text.replace('"seq":0', `"seq":${line.seq}`);
    return line.text === expected ? [] : [`${marker}: changed to ${line.text.slice(0, 200)}`];
  });
}

/** What was acknowledged before another record began has the lower number. */
function checkRealTime({records}: Evidence, log: readonly Line[]): string[] {
  const numbers = new Map(log.map(({marker, seq}) => [marker, seq]));
  const known = records.flatMap(record => {
    const number = numbers.get(record.marker);
    return number === undefined || record.outcome !== 'acknowledged' ? [] : [{...record, number}];
  });
  const byEnd = [...known].sort((a, b) => a.endedMs - b.endedMs);
  const byStart = [...known].sort((a, b) => a.startedMs - b.startedMs);
  let highest = {number: 0, marker: ''};
  let ended = 0;
  return byStart.flatMap(({marker, number, startedMs}) => {
    for (let next = byEnd[ended]; next && next.endedMs < startedMs; next = byEnd[++ended]) {
      if (next.number > highest.number) highest = next;
    }
    return number > highest.number ? [] : [`${marker} (${number}) came after ${highest.marker}`];
  });
}

function checkWatcher(evidence: Evidence, watcher: ReadEvidence, log: readonly Line[]): string[] {
  const {name, afterSeq} = watcher;
  const lines = watcher.lines.map(parseLine);
  const given = new Map(lines.map(line => [line.seq, line.text]));
  const stored = new Map(log.map(line => [line.seq, line.text]));
  const missing = log.filter(({seq}) => seq > afterSeq && seq >= evidence.floor && !given.has(seq));
  const strange = lines.filter(({seq, text}) => {
    const own = stored.get(seq);
    return own === undefined ? seq >= evidence.floor : own !== text;
  });
  return [
    ...checkOrder(name, afterSeq, lines),
    ...missing.map(({seq, marker}) => `${name}: was not given ${seq} (${marker})`),
    ...strange.map(({seq, marker}) => `${name}: ${seq} (${marker}) is not in the log`),
  ];
}

/** Two who were given a number were given the same event. */
function checkAgreement({watchers}: Evidence): string[] {
  const first = new Map<number, string>();
  return watchers.flatMap(({name, lines}) =>
    lines.map(parseLine).flatMap(({seq, text}) => {
      const other = first.get(seq) ?? text;
      first.set(seq, other);
      return other === text ? [] : [`${name}: another event ${seq} than others`];
    }),
  );
}

/** Whoever lists again after the last number he saw misses nothing of ours. */
function checkList(evidence: Evidence, list: ReadEvidence, log: readonly Line[]): string[] {
  const lines = list.lines.map(parseLine);
  const given = new Set(lines.map(({seq}) => seq));
  const last = lines.at(-1)?.seq ?? 0;
  const shells = new Set(evidence.records.filter(r => r.isShell).map(({marker}) => marker));
  const missing = log.filter(
    ({seq, marker}) =>
      seq > list.afterSeq &&
      seq >= evidence.floor &&
      seq < last &&
      !given.has(seq) &&
      !shells.has(marker),
  );
  return [
    ...checkOrder(list.name, list.afterSeq, lines),
    ...missing.map(({seq}) => `${list.name}: lacks ${seq} although it has ${last}`),
  ];
}
