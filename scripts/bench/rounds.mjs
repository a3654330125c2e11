/**
 * Measures all rows in interleaved rounds: every round shuffles the rows, and the variants of each row, so
 * that a temporary disturbance affects all of them. Returns the samples of each variant, by row, and
 * reports failures to `onFailure`.
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

/** Takes one sample; `before` prepares the variant's input, and `after` removes it. */
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
