import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Answer} from './api-client.ts';
import {ApiClient} from './api-client.ts';
import type {Stranger} from './contract.ts';

const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** The words of what may not be done; who may do it is asked beforehand. */
export function describeAccesses(api: () => ApiClient, stranger: () => Promise<Stranger>): void {
  describe('access', () => {
    let client: ApiClient;
    let user: string;
    let close: () => Promise<void>;
    beforeAll(async () => {
      const opened = await stranger();
      client = new ApiClient(opened.target);
      ({user, close} = opened);
    });
    afterAll(async () => {
      client.close();
      await close();
    });

    const mayI = async (from: ApiClient, attributes: object): Promise<Answer> => {
      const resourceAttributes = {namespace: api().namespace, ...attributes};
      return from.callAt(reviews, 'POST', {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: {resourceAttributes},
      });
    };

    test('what is forbidden is 403 and names user, verb, resource and namespace', async () => {
      const {status, body} = await client.call('GET', '/secrets');
      expect(status).toBe(403);
      expect(body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `secrets is forbidden: User "${user}" cannot list resource "secrets" in API group "" in the namespace "${api().namespace}"`,
        reason: 'Forbidden',
        details: {kind: 'secrets'},
        code: 403,
      });
    });

    test('one object and a subresource are named too', async () => {
      const where = `in API group "" in the namespace "${api().namespace}"`;
      const one = await client.call('DELETE', '/secrets/mine');
      expect([one.status, one.body.message, one.body.details]).toEqual([
        403,
        `secrets "mine" is forbidden: User "${user}" cannot delete resource "secrets" ${where}`,
        {name: 'mine', kind: 'secrets'},
      ]);
      const exec = await client.call('GET', '/pods/mine/exec?command=true&stdout=true');
      expect([exec.status, exec.body.message]).toEqual([
        403,
        `pods "mine" is forbidden: User "${user}" cannot get resource "pods/exec" ${where}`,
      ]);
    });

    test('a review says what may be done, and is not stored', async () => {
      const attributes = {verb: 'list', resource: 'secrets'};
      const yes = await mayI(api(), attributes);
      expect(yes.status).toBe(201);
      expect(yes.body).toMatchObject({
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: {resourceAttributes: {namespace: api().namespace, ...attributes}},
        status: {allowed: true},
      });
      const no = await mayI(client, attributes);
      expect([no.status, no.body.status]).toEqual([201, {allowed: false}]);
      const exec = await mayI(client, {verb: 'get', resource: 'pods', subresource: 'exec'});
      expect(exec.body.status).toEqual({allowed: false});
    });

    test('a review without a question is refused with 422', async () => {
      const {status, body} = await api().callAt(reviews, 'POST', {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: {},
      });
      expect([status, body.reason, body.message]).toEqual([
        422,
        'Invalid',
        '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ]);
    });
  });
}
