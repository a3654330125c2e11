import {request} from 'node:https';
import {stringAt} from '../json.ts';
import {lockHolder} from './lock-file.ts';
import type {ClusterLocation} from './cluster-location.ts';

/** Sends a request to the running cluster's admin endpoint; raises with its message when it refuses. */
export async function adminRequest(
  location: ClusterLocation,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const {url, token, authority} = lockHolder(location) ?? {};
  if (url === undefined || token === undefined || authority === undefined)
    throw new Error('no cluster is running; `gc-dev-cluster up` starts one');
  const text = await new Promise<string>((resolve, reject) => {
    const options = {method, ca: authority, headers: {authorization: `Bearer ${token}`}};
    const sent = request(new URL(path, url), options, response => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve(Buffer.concat(pieces).toString()));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? '' : JSON.stringify(body));
  });
  const answer: unknown = JSON.parse(text);
  if (stringAt(answer, 'kind') === 'Status')
    throw new Error(stringAt(answer, 'message') ?? 'refused');
  return answer;
}
