import type {AgentView, CityEvent, Scene, Step} from './scene.ts';

/** Builds the scene from the calls of the story. */
export class Stage {
  readonly #steps: Step[];
  readonly #agents = new Map<string, AgentView>();
  readonly #events: CityEvent[] = [];
  #place = '';

  constructor(titles: readonly string[]) {
    this.#steps = titles.map(title => ({title, state: 'ahead', note: '', seconds: 0}));
  }

  get scene(): Scene {
    return {
      place: this.#place,
      steps: this.#steps,
      agents: [...this.#agents.values()],
      events: this.#events,
    };
  }

  place(text: string): void {
    this.#place = text;
  }

  /** Replaces the step with this title; adds an unknown one. */
  step(step: Step): void {
    const at = this.#steps.findIndex(({title}) => title === step.title);
    if (at < 0) this.#steps.push(step);
    else this.#steps[at] = step;
  }

  agent(view: AgentView): void {
    this.#agents.set(view.name, view);
  }

  event(event: CityEvent): void {
    this.#events.push(event);
  }
}
