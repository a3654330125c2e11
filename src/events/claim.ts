import {DeadlineError, isKubeFailure, KubeError} from '../errors.ts';
import {log} from '../log.ts';
import type {Draft} from './draft.ts';
import {pendingOf} from './draft.ts';
import {materialize} from './heal.ts';
import type {Counter, Pending} from './sequence.ts';
import {isOutcomeUnknown, readOrRebuildCounter, writeCounter} from './sequence.ts';
import type {Store} from './store.ts';
import type {Turn} from './turn.ts';
import {findStored, highestNumber, lowestNumber, inParallel} from './store.ts';

/** With so many pendings in the counter, a writer first creates their objects. */
const MOST_PENDINGS = 16;

/** The same for this many bytes of pendings. */
const MOST_PENDING_BYTES = 128 * 1024;

/** From so many pendings on, a writer that lost a race looks whether some of them have objects. */
const CROWD = 8;

/** What one call of `record` has learned while it tries to get a number. */
export interface Claims {
  /** Ids of pendings whose objects exist: the next write of the counter drops them. */
  readonly settled: Set<string>;
  /** Numbers that this call committed, but that another event's object already had. */
  readonly collided: Set<number>;
  /** The highest number that was found in use; the next one is above this and the counter's. */
  highest: number;
  /** The counter's number when it was last checked against the events that exist. */
  trusted?: number;
  /** The number in a write of which it is not known whether it took effect. */
  doubtful?: number;
  /** The counter's resourceVersion that this write was conditional on. */
  doubtfulVersion?: string | undefined;
  /** What came in the place of its answer. */
  unanswered?: Error;
  attempts: number;
}

/**
 * Commits the draft and gives its number. The commit is one conditional write of the counter, which takes
 * the next number and contains the event. Tries until the deadline.
 */
export async function claimNumber(store: Store, draft: Draft, claims: Claims): Promise<number> {
  let turn: Turn | undefined;
  try {
    for (;;) {
      let counter = await readOrRebuildCounter(store);
      // After the first answer: what one does to get connected holds nobody up.
      turn ??= await store.takeTurn?.();
      if (turn?.waited && claims.attempts === 0) counter = await readOrRebuildCounter(store);
      const own = await findOwn(store, counter, draft, claims);
      if (own !== undefined) return own;
      await examine(store, counter, claims);
      const number = Math.max(counter.seq, claims.highest) + 1;
      if (await commit(store, counter, pendingOf(draft, number), claims)) return number;
      await store.clock.sleep(backOffMs(claims.attempts++, store.clock.random()));
    }
  } catch (error) {
    const own = await lookOnceMore(store, draft, claims, error);
    if (own !== undefined) return own;
    throw isTimeUp(error) ? notRecorded(claims, error) : error;
  } finally {
    turn?.end();
  }
}

/** The number that this draft already has, when a write took effect whose answer was lost. */
async function findOwn(store: Store, counter: Counter, draft: Draft, claims: Claims) {
  const {collided, doubtful} = claims;
  const isOwn = ({number, id}: Pending) => id === draft.id && !collided.has(number);
  const pending = counter.pendings.find(isOwn);
  if (pending) return pending.number;
  if (doubtful === undefined || collided.has(doubtful)) return undefined;
  const stored = await findStored(store, doubtful);
  return stored?.id === draft.id ? doubtful : undefined;
}

/**
 * Finds out whether the counter can be trusted, and which pendings have their objects. The object of the
 * oldest pending answers both: while it exists, no number above it was pruned, so that a number which was
 * used before would collide on creation. Without it the lowest event tells.
 */
async function examine(store: Store, counter: Counter, claims: Claims): Promise<void> {
  const open = counter.pendings.filter(({id}) => !claims.settled.has(id));
  const picked = pick(open, claims, store.clock.random());
  const found = await inParallel(picked, ({number}) => findStored(store, number));
  const filled = picked.filter((_, index) => found[index] !== undefined);
  for (const {id} of filled) claims.settled.add(id);
  const isProven = filled.length > 0;
  const isKnown = claims.trusted !== undefined && claims.trusted <= counter.seq;
  if (!isProven && !isKnown) await distrust(store, counter, claims);
  claims.trusted = counter.seq;
  const left = counter.pendings.filter(({id}) => !claims.settled.has(id));
  const bytes = left.reduce((sum, {value}) => sum + value.length, 0);
  if (left.length < MOST_PENDINGS && bytes < MOST_PENDING_BYTES) return;
  await inParallel(left, pending => materialize(store, counter, pending));
  for (const {id} of left) claims.settled.add(id);
}

/**
 * What became of a write whose answer did not come before the time was up: the number, if it took
 * effect. If the counter has changed since and does not know the draft, the write cannot take effect
 * any more, and is no longer doubtful.
 */
async function lookOnceMore(
  store: Store,
  draft: Draft,
  claims: Claims,
  failure: unknown,
): Promise<number | undefined> {
  const {doubtful} = claims;
  if (!store.lastLook || doubtful === undefined || !isTimeUp(failure)) return undefined;
  try {
    const counter = await readOrRebuildCounter(store.lastLook);
    const own = await findOwn(store.lastLook, counter, draft, claims);
    if (own === undefined && versionOf(counter) !== claims.doubtfulVersion) delete claims.doubtful;
    return own;
  } catch (error) {
    log.warn('record.unknown', {number: doubtful, error: String(error)});
    return undefined;
  }
}

function versionOf({object}: Counter): string | undefined {
  return object.metadata.resourceVersion;
}

/** Which pendings to look at: few, so that many writers at a time do not slow each other down. */
function pick(open: readonly Pending[], {attempts}: Claims, random: number): readonly Pending[] {
  if (attempts === 0) return open.slice(0, 1);
  if (open.length <= CROWD) return [];
  const start = Math.floor(random * (open.length - CROWD / 2));
  return open.slice(start, start + CROWD / 2);
}

/** Compares the counter with the events that exist. When it is an old one, goes above the highest of them. */
async function distrust(store: Store, counter: Counter, claims: Claims): Promise<void> {
  const lowest = await lowestNumber(store);
  if (lowest === undefined || lowest <= counter.seq) return;
  claims.highest = Math.max(claims.highest, await highestNumber(store));
  for (const {number, id} of counter.pendings) if (number < lowest) claims.settled.add(id);
}

/** The commit point. False when another writer was first, or when it is not known whether it took effect. */
async function commit(store: Store, counter: Counter, add: Pending, claims: Claims) {
  const {settled, collided} = claims;
  const drop = ({number, id}: Pending) =>
    settled.has(id) || (id === add.id && collided.has(number));
  try {
    await writeCounter(store, counter, {seq: add.number, add, drop});
    return true;
  } catch (error) {
    if (isOutcomeUnknown(error)) {
      claims.doubtful = add.number;
      claims.doubtfulVersion = versionOf(counter);
      claims.unanswered = error;
    } else if (!isKubeFailure(error, 'conflict', 'notFound')) throw error;
    return false;
  }
}

/** Backoff with full jitter that grows slowly: a write, and so a race, takes a few milliseconds. */
function backOffMs(attempt: number, random: number): number {
  return 5 + random * Math.min(250, 40 * 1.5 ** Math.min(attempt, 6));
}

/** Also when what a read met until then is the news. */
function isTimeUp(error: unknown): error is DeadlineError | KubeError {
  return error instanceof DeadlineError || error instanceof KubeError;
}

function notRecorded(
  {attempts, doubtful, unanswered}: Claims,
  cause: DeadlineError | KubeError,
): Error {
  if (doubtful === undefined && cause instanceof KubeError) return cause;
  const outcome =
    doubtful === undefined
      ? 'was not recorded'
      : `may have been recorded as number ${doubtful} (the answer was lost), and is not seen there`;
  return new DeadlineError(
    `the event ${outcome}: ${attempts} tries at the counter gc-events-seq, ${(unanswered ?? cause).message}`,
    {cause},
  );
}
