import {TestRunner} from 'vitest';
import {ApiClient, type Answer} from '../../cluster-contract/api-client.ts';
import {until} from './poll.ts';
import type {Running} from './process.ts';

/*
 * A namespace outlives the tries of its tests (`retry` in vitest.config.mts). What a try has made
 * before it failed would stand in the way of the next, so it is taken away between the two. What was
 * made in beforeAll or by another test stays, and so does all of a test that is not tried again.
 */

let isBetweenTries = false;

/**
 * When this try of a test fails and another one follows, this is done before; what came last, first.
 * What is made then stays, as what was made in beforeAll.
 */
export function beforeNextTry(act: () => Promise<unknown>, timeoutMs?: number): void {
  if (isBetweenTries) return;
  TestRunner.getCurrentTest()?.context.onTestFailed(async ({task}) => {
    const retries = typeof task.retry === 'number' ? task.retry : (task.retry?.count ?? 0);
    if ((task.result?.retryCount ?? 0) >= retries) return;
    isBetweenTries = true;
    try {
      await act();
    } finally {
      isBetweenTries = false;
    }
  }, timeoutMs);
}

/** A client that takes away, before a next try, what was created with it. */
export class ApiOfTries extends ApiClient {
  override async callAt(...call: Parameters<ApiClient['callAt']>): Promise<Answer> {
    const answer = await super.callAt(...call);
    const [path, method] = call;
    // An eviction or a token is answered like an object, but is none.
    const {name, uid} = answer.body.metadata ?? {};
    if (method === 'POST' && answer.status === 201 && name !== undefined && uid !== undefined) {
      beforeNextTry(() => removed(this, `${path}/${name}`, uid));
    }
    return answer;
  }
}

/** Takes away, before a next try, the session that this call makes, with what is kept of its runs. */
export function sessionOfTry(api: ApiClient, session: string, call: Running): void {
  beforeNextTry(async () => {
    call.signal('SIGINT');
    const {stderr} = await call.done;
    // Then it is not of this call's making.
    if (stderr.includes('already exists')) return;
    for (const kind of ['pods', 'configmaps']) {
      const {text} = await api.call('GET', `/${kind}`);
      for (const {metadata} of (JSON.parse(text) as Objects).items) {
        if (metadata.annotations?.['gc-session-name'] !== session) continue;
        const path = `/api/v1/namespaces/${api.namespace}/${kind}/${metadata.name}`;
        await removed(api, path, metadata.uid);
      }
    }
  });
}

interface Objects {
  readonly items: readonly {
    metadata: {name: string; uid: string; annotations?: Record<string, string>};
  }[];
}

/**
 * Deletes the object, and what is its own, and waits until it is gone. A pod has a second: after 0 its
 * containers outlive it, and an exec into the next pod of its name may end up in them.
 */
async function removed(api: ApiClient, path: string, uid: string): Promise<void> {
  const how = path.includes('/pods/') ? {gracePeriodSeconds: 1} : {propagationPolicy: 'Foreground'};
  await api.callAt(path, 'DELETE', {...how, preconditions: {uid}});
  await until(`${path} is gone`, async () => {
    const {status, body} = await api.callAt(path, 'GET');
    return status === 404 || body.metadata?.uid !== uid;
  });
}
