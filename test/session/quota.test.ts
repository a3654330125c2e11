import {describe, expect, it} from 'vitest';
import {KubeError} from '../../src/errors.ts';
import {mayFitLater} from '../../src/session/start/quota.ts';

function refusal(detail: string): KubeError {
  return new KubeError(`create pods "a": refused: ${detail}`, {
    ...{failure: 'forbidden', status: 403, detail, outcomeUnknown: false},
  });
}

const exceeded = (requested: string, used: string, limited: string) =>
  refusal(
    `pods "a" is forbidden: exceeded quota: small, requested: ${requested}, used: ${used}, limited: ${limited}`,
  );

describe('a pod refused for a quota', () => {
  it.each([
    ['pods=1', 'pods=1', 'pods=1', true],
    ['requests.memory=1Gi', 'requests.memory=1536Mi', 'requests.memory=2Gi', true],
    ['requests.memory=2Gi', 'requests.memory=0', 'requests.memory=1536Mi', false],
    ['limits.cpu=2,pods=1', 'limits.cpu=3,pods=0', 'limits.cpu=4,pods=8', true],
    ['limits.cpu=2500m,pods=1', 'limits.cpu=0,pods=0', 'limits.cpu=2,pods=8', false],
  ])('that asks for %s, with %s of %s used, may fit later: %s', (requested, used, limited, may) => {
    expect(mayFitLater(exceeded(requested, used, limited))).toBe(may);
  });

  it('may not, when the refusal is another', () => {
    expect(mayFitLater(refusal('failed quota: small: must specify limits.cpu'))).toBe(false);
    expect(mayFitLater(refusal('User "x" cannot create resource "pods"'))).toBe(false);
    expect(mayFitLater(new Error('exceeded quota'))).toBe(false);
  });
});
