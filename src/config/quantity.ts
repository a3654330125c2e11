import {bad} from './values.ts';

/** An amount of CPU or bytes, as Kubernetes writes it. */
export interface Quantity {
  readonly text: string;
  /** In cores or bytes. */
  readonly value: number;
}

/** Kubernetes' resource.Quantity: decimal and binary suffixes, or an exponent. */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

export function quantity(text: string, variable: string): Quantity {
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.exec(text);
  if (!match) throw bad(variable, text, 'an amount such as 500m, 2 or 1.5Gi');
  const [, number = '0', suffix = ''] = match;
  const factor = SUFFIXES[suffix] ?? Number(`1${suffix}`);
  return {text, value: Number(number) * factor};
}
