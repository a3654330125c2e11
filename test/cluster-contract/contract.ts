import {afterAll, beforeAll, describe} from 'vitest';
import {describeUnless} from '../kit/unless.ts';
import {describeAccesses} from './accesses.ts';
import type {Target} from './api-client.ts';
import {ApiClient} from './api-client.ts';
import {describeDeletions} from './deletions.ts';
import {describeErrors} from './errors.ts';
import {describeExecs} from './execs.ts';
import {describeLists} from './lists.ts';
import {describePatches} from './patches.ts';
import {describePods} from './pods.ts';
import {describeWatches} from './watches.ts';
import {describeWrites} from './writes.ts';

/** Somebody who may not list or delete secrets, nor exec. */
export interface Stranger {
  readonly target: Target;
  /** As the API server knows them. */
  readonly user: string;
  readonly close: () => Promise<void>;
}

/** A cluster to look at. */
export interface Subject extends Target {
  readonly stranger: () => Promise<Stranger>;
}

/**
 * What this project relies on Kubernetes for, one test each. Run on dev-cluster and on a real
 * cluster: where they differ, dev-cluster is wrong. `whyNoPods` leaves out, loudly, what needs pods
 * that run.
 */
export function describeContract(
  name: string,
  open: () => Promise<Subject>,
  whyNoPods?: string,
): void {
  describe(`${name} keeps the contract`, () => {
    let target: Subject | undefined;
    let client: ApiClient | undefined;

    beforeAll(async () => {
      target = await open();
      client = new ApiClient(target);
    });

    afterAll(async () => {
      client?.close();
      await target?.close();
    });

    const api = (): ApiClient => opened(client);
    describeWrites(api);
    describePatches(api);
    describeErrors(api);
    describeLists(api);
    describeWatches(api);
    describePods(api);
    describeAccesses(api, () => opened(target).stranger());
    describeUnless(whyNoPods, 'with pods that run', () => {
      describeExecs(api, () => opened(target));
      describeDeletions(api);
    });
  });
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the contract was not opened');
  return part;
}
