import {randomBytes} from 'node:crypto';
import type {Faults} from '../faults.ts';

/** The bearer tokens. The first one, from the kubeconfig, is also the administrator's. */
export class Tokens {
  readonly #first: string;
  readonly #all = new Set<string>();
  #expired: ReadonlySet<string> = new Set();

  constructor(first: string, faults: Faults) {
    this.#first = first;
    this.#all.add(first);
    faults.onChange(() => {
      const isOrdered = faults.lasting('expired-token') !== undefined;
      if (!isOrdered) this.#expired = new Set();
      else if (this.#expired.size === 0) this.#expired = new Set(this.#all);
    });
  }

  issue(): string {
    const token = randomBytes(24).toString('base64url');
    this.#all.add(token);
    return token;
  }

  /** Checks an Authorization header. */
  accepts(authorization: string | undefined): boolean {
    const token = bearer(authorization);
    return this.#all.has(token) && !this.#expired.has(token);
  }

  /** True for the first token even when expired, so that an `expired-token` fault can be removed. */
  isAdministrator(authorization: string | undefined): boolean {
    return bearer(authorization) === this.#first;
  }
}

function bearer(authorization = ''): string {
  return authorization.replace(/^Bearer /, '');
}
