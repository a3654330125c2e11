const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
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

/** Parses a quantity such as `500m` or `1Gi`; 0 for anything else. */
export function quantity(text: unknown): number {
  if (typeof text !== 'string' && typeof text !== 'number') return 0;
  const [, digits = '0', suffix = ''] =
    /^([\d.]+(?:e\d+)?)([a-zA-Z]*)$/.exec(text.toString()) ?? [];
  return Number(digits) * (factors[suffix] ?? 0);
}
