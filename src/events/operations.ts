import type {Operations} from '../cli/operation.ts';

/** gc kills an operation after 30 s; the remaining 2 s are for reporting the error. */
const USUAL_MS = 28_000;

/** Every operation of events-protocol.md, one row each. */
export const operations = {
  'ensure-running': {
    usage: '',
    summary: 'makes the counter if it is missing',
    budgetMs: USUAL_MS,
    load: () => import('./ops/ensure-running.ts'),
  },
  record: {
    usage: '',
    summary: 'records the event (JSON) on stdin',
    budgetMs: USUAL_MS,
    load: () => import('./ops/record.ts'),
  },
  list: {
    usage: '',
    summary: 'prints the events that the filter (JSON) on stdin asks for',
    budgetMs: USUAL_MS,
    load: () => import('./ops/list.ts'),
  },
  'latest-seq': {
    usage: '',
    summary: 'prints the highest number taken',
    budgetMs: USUAL_MS,
    load: () => import('./ops/latest-seq.ts'),
  },
  watch: {
    usage: '<afterSeq>',
    summary: 'prints every event above the number, and each new one',
    budgetMs: Infinity,
    load: () => import('./ops/watch.ts'),
  },
} satisfies Operations;
