import type {AgentView, CityEvent} from './scene.ts';

/** Receives the demo's progress; implemented for a terminal and for a pipe. */
export interface Show {
  /** Describes where the demo runs. */
  readonly place: (text: string) => void;
  readonly stepBegan: (title: string) => void;
  readonly stepDone: (title: string, note: string, seconds: number) => void;
  readonly stepFailed: (title: string, why: string, seconds: number) => void;
  readonly agent: (view: AgentView) => void;
  /** Shows all terminals now. */
  readonly panes: () => void;
  readonly event: (event: CityEvent) => void;
  /** Ends the show: its content stays, with these lines below it. */
  readonly end: (lines: readonly string[]) => void;
}
