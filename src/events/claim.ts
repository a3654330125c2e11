import {DeadlineError, isKubeFailure, KubeError} from '../errors.ts';
import {log} from '../log.ts';
import type {Draft} from './draft.ts';
import {pendingOf} from './draft.ts';
import {materialize} from './repair.ts';
import type {Counter, Pending} from './sequence.ts';
import {isOutcomeUnknown, readOrRebuildCounter, writeCounter} from './sequence.ts';
import type {Store} from './store.ts';
import type {Lock} from './advisory-lock.ts';
import {findStored, highestNumber, lowestNumber, inParallel} from './store.ts';

/** With this many pendings in the counter, a writer creates their objects first. */
const MAX_PENDINGS = 16;

/** The same limit, in bytes. */
const MAX_PENDING_BYTES = 128 * 1024;

/** Above this many pendings, a writer that lost a race checks whether some of them have objects. */
const CONTENDED_PENDINGS = 8;

/** What one call of `record` has learned across its attempts to claim a number. */
export interface ClaimState {
  /** Ids of pendings whose objects exist: the next counter write drops them. */
  readonly materialized: Set<string>;
  /** Numbers this call committed although another event's object already used them. */
  readonly collided: Set<number>;
  /** The highest number found in use; the next one is above both this and the counter's. */
  highest: number;
  /** The counter's number when it was last checked against the existing events. */
  verifiedSeq?: number;
  /** The number in a write whose outcome is unknown. */
  unconfirmed?: number;
  /** The resourceVersion that write was conditional on. */
  unconfirmedVersion?: string | undefined;
  /** The error received instead of its response. */
  unconfirmedError?: Error;
  attempts: number;
}

/**
 * Commits the draft and returns its number. The commit is one conditional write of the counter, which
 * takes the next number and contains the event. Retries until the deadline.
 */
export async function claimNumber(store: Store, draft: Draft, claims: ClaimState): Promise<number> {
  let lock: Lock | undefined;
  try {
    for (;;) {
      let counter = await readOrRebuildCounter(store);
      // Locked only after the first response: connecting must not block other processes.
      lock ??= await store.acquireLock?.();
      if (lock?.waited && claims.attempts === 0) counter = await readOrRebuildCounter(store);
      const own = await findOwn(store, counter, draft, claims);
      if (own !== undefined) return own;
      await verifyCounter(store, counter, claims);
      const number = Math.max(counter.seq, claims.highest) + 1;
      if (await commit(store, counter, pendingOf(draft, number), claims)) return number;
      await store.clock.sleep(backOffMs(claims.attempts++, store.clock.random()));
    }
  } catch (error) {
    const own = await confirmAfterDeadline(store, draft, claims, error);
    if (own !== undefined) return own;
    throw isTimeUp(error) ? notRecorded(claims, error) : error;
  } finally {
    lock?.release();
  }
}

/** The number this draft already has, if a write took effect but its response was lost. */
async function findOwn(store: Store, counter: Counter, draft: Draft, claims: ClaimState) {
  const {collided, unconfirmed} = claims;
  const isOwn = ({number, id}: Pending) => id === draft.id && !collided.has(number);
  const pending = counter.pendings.find(isOwn);
  if (pending) return pending.number;
  if (unconfirmed === undefined || collided.has(unconfirmed)) return undefined;
  const stored = await findStored(store, unconfirmed);
  return stored?.id === draft.id ? unconfirmed : undefined;
}

/**
 * Checks whether the counter can be trusted, and which pendings have their objects. The object of the
 * oldest pending answers both: while it exists, no number above it was pruned, so reusing a number would
 * collide on creation. Without that object, the lowest event decides.
 */
async function verifyCounter(store: Store, counter: Counter, claims: ClaimState): Promise<void> {
  const open = counter.pendings.filter(({id}) => !claims.materialized.has(id));
  const picked = pick(open, claims, store.clock.random());
  const found = await inParallel(picked, ({number}) => findStored(store, number));
  const filled = picked.filter((_, index) => found[index] !== undefined);
  for (const {id} of filled) claims.materialized.add(id);
  const isProven = filled.length > 0;
  const isKnown = claims.verifiedSeq !== undefined && claims.verifiedSeq <= counter.seq;
  if (!isProven && !isKnown) await detectStaleCounter(store, counter, claims);
  claims.verifiedSeq = counter.seq;
  const left = counter.pendings.filter(({id}) => !claims.materialized.has(id));
  const bytes = left.reduce((sum, {value}) => sum + value.length, 0);
  if (left.length < MAX_PENDINGS && bytes < MAX_PENDING_BYTES) return;
  await inParallel(left, pending => materialize(store, counter, pending));
  for (const {id} of left) claims.materialized.add(id);
}

/**
 * Checks a write that had no response by the deadline: returns the number if it took effect. If the
 * counter has changed since and does not contain the draft, the write can no longer take effect, and its
 * outcome is known.
 */
async function confirmAfterDeadline(
  store: Store,
  draft: Draft,
  claims: ClaimState,
  failure: unknown,
): Promise<number | undefined> {
  const {unconfirmed} = claims;
  if (!store.afterDeadline || unconfirmed === undefined || !isTimeUp(failure)) return undefined;
  try {
    const counter = await readOrRebuildCounter(store.afterDeadline);
    const own = await findOwn(store.afterDeadline, counter, draft, claims);
    if (own === undefined && versionOf(counter) !== claims.unconfirmedVersion)
      delete claims.unconfirmed;
    return own;
  } catch (error) {
    log.warn('record.unknown', {number: unconfirmed, error: String(error)});
    return undefined;
  }
}

function versionOf({object}: Counter): string | undefined {
  return object.metadata.resourceVersion;
}

/** Chooses the pendings to check: few, so that concurrent writers do not slow each other down. */
function pick(
  open: readonly Pending[],
  {attempts}: ClaimState,
  random: number,
): readonly Pending[] {
  if (attempts === 0) return open.slice(0, 1);
  if (open.length <= CONTENDED_PENDINGS) return [];
  const start = Math.floor(random * (open.length - CONTENDED_PENDINGS / 2));
  return open.slice(start, start + CONTENDED_PENDINGS / 2);
}

/** Compares the counter with the existing events. If it was restored from an old copy, goes above them. */
async function detectStaleCounter(
  store: Store,
  counter: Counter,
  claims: ClaimState,
): Promise<void> {
  const lowest = await lowestNumber(store);
  if (lowest === undefined || lowest <= counter.seq) return;
  claims.highest = Math.max(claims.highest, await highestNumber(store));
  for (const {number, id} of counter.pendings) if (number < lowest) claims.materialized.add(id);
}

/** The commit point. False when another writer was first, or when the outcome is unknown. */
async function commit(store: Store, counter: Counter, add: Pending, claims: ClaimState) {
  const {materialized, collided} = claims;
  const drop = ({number, id}: Pending) =>
    materialized.has(id) || (id === add.id && collided.has(number));
  try {
    await writeCounter(store, counter, {seq: add.number, add, drop});
    return true;
  } catch (error) {
    if (isOutcomeUnknown(error)) {
      claims.unconfirmed = add.number;
      claims.unconfirmedVersion = versionOf(counter);
      claims.unconfirmedError = error;
    } else if (!isKubeFailure(error, 'conflict', 'notFound')) throw error;
    return false;
  }
}

/** Slowly growing backoff with full jitter: a write, and therefore a race, takes a few milliseconds. */
function backOffMs(attempt: number, random: number): number {
  return 5 + random * Math.min(250, 40 * 1.5 ** Math.min(attempt, 6));
}

/** Also true for a KubeError: a read that retries until the deadline ends with its last failure. */
function isTimeUp(error: unknown): error is DeadlineError | KubeError {
  return error instanceof DeadlineError || error instanceof KubeError;
}

function notRecorded(
  {attempts, unconfirmed, unconfirmedError}: ClaimState,
  cause: DeadlineError | KubeError,
): Error {
  if (unconfirmed === undefined && cause instanceof KubeError) return cause;
  const outcome =
    unconfirmed === undefined
      ? 'was not recorded'
      : `may have been recorded as number ${unconfirmed} (the answer was lost), and is not seen there`;
  return new DeadlineError(
    `the event ${outcome}: ${attempts} tries at the counter gc-events-seq, ${(unconfirmedError ?? cause).message}`,
    {cause},
  );
}
