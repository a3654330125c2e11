// The reference for `start`: creates bare pods at once and waits until a watch has shown all of them
// Ready. Started as its own process; stdin: {target, namespace, pods}; prints {"wallMs"}, which runs
// from the first POST on (connections are warm, the watch is open) until the last Ready.
import {createInterface} from 'node:readline';
import {text} from 'node:stream/consumers';
import {Api} from './api.mjs';
import {isReady} from './pods.mjs';

const {target, namespace, pods} = JSON.parse(await text(process.stdin));
const api = new Api(target);
const path = `/namespaces/${namespace}/pods`;
const {metadata} = await api.call('GET', `${path}?limit=1`);
const query = `watch=true&resourceVersion=${metadata.resourceVersion}`;
const watch = await api.open('GET', `${path}?${query}`);

const waiting = new Set(pods.map(pod => pod.metadata.name));
// A connection each, opened before the clock starts.
await Promise.all(pods.map(() => api.call('GET', `${path}?limit=1`)));
const began = performance.now();
const created = Promise.all(pods.map(pod => api.call('POST', path, pod)));
for await (const line of createInterface({input: watch})) {
  const {object} = JSON.parse(line);
  if (isReady(object)) waiting.delete(object.metadata.name);
  if (waiting.size === 0) break;
}
const wallMs = performance.now() - began;
await created;
console.log(JSON.stringify({wallMs}));
process.exit(0);
