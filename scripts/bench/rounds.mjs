/**
 * Measures all rows in turns: every round takes the rows in a new order, and inside a row its
 * variants. What disturbs the machine for a while so meets all of them. Gives for every row the
 * samples of each of its variants, in their order, and tells failures to `onFailure`.
 */
export async function alternate(rows, {rounds, warmUps, onRound, onFailure}) {
  const taken = new Map(rows.map(row => [row, row.variants.map(() => [])]));
  for (let round = -warmUps; round < rounds; round++) {
    onRound(round);
    for (const row of shuffled(rows)) {
      for (const [at, variant] of shuffled([...row.variants.entries()])) {
        const sample = await attempt(row, variant, onFailure);
        if (sample && round >= 0) taken.get(row)[at].push({...sample, round});
      }
    }
  }
  return taken;
}

/** One sample: what `before` prepares is the variant's, and `after` clears it away. */
export async function sampleOf(row, variant, changes = {}) {
  if (variant.kind === 'empty') return variant.run();
  const prepared = await row.before?.();
  const sample = await variant.run(changes, prepared);
  await row.after?.(prepared);
  return sample;
}

async function attempt(row, variant, onFailure) {
  try {
    const {wallMs, cpuMs} = await sampleOf(row, variant);
    return {wallMs, cpuMs};
  } catch (error) {
    onFailure(row, variant, error);
    return undefined;
  }
}

function shuffled(list) {
  const left = [...list];
  for (let end = left.length - 1; end > 0; end--) {
    const at = Math.floor(Math.random() * (end + 1));
    [left[at], left[end]] = [left[end], left[at]];
  }
  return left;
}
