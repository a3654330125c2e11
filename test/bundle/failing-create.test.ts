import {expect, it} from 'vitest';
import {city, exchanges} from './city.ts';

it.each([
  [500, 'InternalError'],
  // A quota that others change all the time, or a webhook.
  [409, 'Conflict'],
])('a start does not hammer a server that answers %i to every create', async (code, reason) => {
  const own = await city();
  const match = {method: 'POST', resource: 'pods', times: 10_000};
  own.dev.faults.add({match, action: {type: 'status', code, reason}});
  const {code: end, stderr} = await own.run('start mayor', {stdin: '{}', deadlineMs: 6_000});
  expect(end).toBe(130);
  expect(stderr).toMatch(/interrupted by SIGINT while creating the pod: create pods "mayor"/);
  expect(exchanges(own).filter(each => each === 'create pods').length).toBeLessThan(40);
});
