export interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: string;
}

export function styledScreen(lines: readonly string[]): Run[][];
