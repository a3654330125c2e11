import {afterAll, beforeAll, describe} from 'vitest';
import type {Target} from './api-client.ts';
import {ApiClient} from './api-client.ts';
import {describeErrors} from './errors.ts';
import {describeLists} from './lists.ts';
import {describePatches} from './patches.ts';
import {describePods} from './pods.ts';
import {describeWatches} from './watches.ts';
import {describeWrites} from './writes.ts';

/**
 * What this project relies on Kubernetes for, one test each. Run on dev-cluster and on a real
 * cluster: where they differ, dev-cluster is wrong.
 */
export function describeContract(name: string, open: () => Promise<Target>): void {
  describe(`${name} keeps the contract`, () => {
    let target: Target | undefined;
    let client: ApiClient | undefined;

    beforeAll(async () => {
      target = await open();
      client = new ApiClient(target);
    });

    afterAll(async () => {
      client?.close();
      await target?.close();
    });

    const api = (): ApiClient => {
      if (client === undefined) throw new Error('the contract was not opened');
      return client;
    };
    describeWrites(api);
    describePatches(api);
    describeErrors(api);
    describeLists(api);
    describeWatches(api);
    describePods(api);
  });
}
