import type {ApiObject} from '../store/object.ts';

/** An address of loopback for each pod: whoever listens on all addresses is reached by it too. */
export function addressOf({metadata}: ApiObject): string {
  const part = (from: number): number =>
    (Number.parseInt((metadata.uid ?? '').slice(from, from + 2), 16) || 1) % 254;
  return `127.${part(0) + 1}.${part(2)}.${part(4) + 1}`;
}
