import type {ApiObject} from '../store/object.ts';

/** A loopback address for each pod; a server that listens on all addresses is reachable by it. */
export function addressOf({metadata}: ApiObject): string {
  const part = (from: number): number =>
    (Number.parseInt((metadata.uid ?? '').slice(from, from + 2), 16) || 1) % 254;
  return `127.${part(0) + 1}.${part(2)}.${part(4) + 1}`;
}
