/**
 * Turns screens (`{atMs, lines}`, in order, each line a list of runs) into what each row shows and
 * when: `{row, runs, spans: [[fromMs, toMs], …]}`, the same content of a row once, empty ones left
 * out.
 */
export function timeline(screens, endMs) {
  const shown = new Map();
  for (const [at, {atMs, lines}] of screens.entries()) {
    const untilMs = screens[at + 1]?.atMs ?? endMs;
    for (const [row, runs] of lines.entries()) {
      if (runs.length === 0) continue;
      const key = JSON.stringify([row, runs]);
      const known = shown.get(key) ?? {row, runs, spans: []};
      shown.set(key, known);
      const last = known.spans.at(-1);
      if (last?.[1] === atMs) last[1] = untilMs;
      else known.spans.push([atMs, untilMs]);
    }
  }
  return [...shown.values()];
}
