import type {Show} from './show/show.ts';

/** Runs one step and shows its progress; `run` returns what was observed, or raises. */
export async function act(show: Show, title: string, run: () => Promise<string>): Promise<void> {
  const sinceMs = performance.now();
  const seconds = () => (performance.now() - sinceMs) / 1000;
  show.stepBegan(title);
  try {
    const note = await run();
    show.stepDone(title, note, seconds());
  } catch (error) {
    show.stepFailed(title, error instanceof Error ? error.message : String(error), seconds());
    throw error;
  }
}
