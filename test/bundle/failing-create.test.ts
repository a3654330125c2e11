import {expect, it} from 'vitest';
import {city, exchanges} from './city.ts';

it('a start does not hammer a server that fails every create', async () => {
  const own = await city();
  const match = {method: 'POST', resource: 'pods', times: 10_000};
  own.dev.faults.add({match, action: {type: 'status', code: 500, reason: 'InternalError'}});
  const {code, stderr} = await own.run('start mayor', {stdin: '{}', deadlineMs: 6_000});
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted by SIGINT while creating the pod: create pods "mayor"/);
  expect(exchanges(own).filter(each => each === 'create pods').length).toBeLessThan(40);
});
