/** The quantile `at` (0 to 1) of the values, by linear interpolation. */
export function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place % 1);
}

export const median = values => quantile(values, 0.5);

/** Wall and CPU of one variant over its rounds. */
export function summary(samples) {
  const wall = samples.map(({wallMs}) => wallMs);
  return {
    rounds: samples.length,
    wallMs: median(wall),
    p10: quantile(wall, 0.1),
    p90: quantile(wall, 0.9),
    cpuMs: median(samples.map(({cpuMs}) => cpuMs)),
  };
}

/** How two variants of a row compare: by their medians, and by the median of each round's own ratio. */
export function ratios(samples, base) {
  const byRound = new Map(base.map(sample => [sample.round, sample.wallMs]));
  const each = samples
    .filter(({round}) => byRound.has(round))
    .map(({round, wallMs}) => wallMs / byRound.get(round));
  const wall = list => median(list.map(({wallMs}) => wallMs));
  return {ofMedians: wall(samples) / wall(base), ofRounds: median(each)};
}
