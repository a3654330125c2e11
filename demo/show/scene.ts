export interface Step {
  readonly title: string;
  readonly state: 'ahead' | 'running' | 'done' | 'failed';
  /** What was seen, once it is done. */
  readonly note: string;
  readonly seconds: number;
}

export interface AgentView {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'gone' | 'stopped';
  /** Its terminal as last seen. */
  readonly pane: readonly string[];
}

/** An event of the city's log, as the follower printed it. */
export interface CityEvent {
  readonly seq: number;
  readonly type: string;
  readonly subject: string;
}

/** All that the demo shows at one moment. */
export interface Scene {
  readonly place: string;
  readonly steps: readonly Step[];
  readonly agents: readonly AgentView[];
  readonly events: readonly CityEvent[];
}
