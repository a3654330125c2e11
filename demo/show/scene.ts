export interface Step {
  readonly title: string;
  readonly state: 'ahead' | 'running' | 'done' | 'failed';
  /** What was observed, once it is done. */
  readonly note: string;
  readonly seconds: number;
}

export interface AgentView {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'gone' | 'stopped';
  /** The latest content of its terminal. */
  readonly pane: readonly string[];
}

/** An event of the city's log, as printed by `watch`. */
export interface CityEvent {
  readonly seq: number;
  readonly type: string;
  readonly subject: string;
}

/** Everything that the demo shows at one moment. */
export interface Scene {
  readonly place: string;
  readonly steps: readonly Step[];
  readonly agents: readonly AgentView[];
  readonly events: readonly CityEvent[];
}
