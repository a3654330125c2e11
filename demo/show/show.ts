import type {AgentView, CityEvent} from './scene.ts';

/** What the story tells while it happens; a terminal and a pipe show it each in its own way. */
export interface Show {
  /** Where the demo runs, in a few words. */
  readonly place: (text: string) => void;
  readonly stepBegan: (title: string) => void;
  readonly stepDone: (title: string, note: string, seconds: number) => void;
  readonly stepFailed: (title: string, why: string, seconds: number) => void;
  readonly agent: (view: AgentView) => void;
  /** This is the moment to look at all terminals. */
  readonly panes: () => void;
  readonly event: (event: CityEvent) => void;
  /** The last of it: what it shows stays, and lines are written below it. */
  readonly end: (lines: readonly string[]) => void;
}
