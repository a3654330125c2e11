import {messageOf} from '../errors.ts';
/** What a YAML parser has against a text, in one line with the line and column it met it at. */
export function yamlProblem(error: unknown): string {
  const {reason, mark} = (error ?? {}) as Partial<YamlFailure>;
  if (reason === undefined) return messageOf(error);
  return mark === undefined
    ? reason
    : `line ${mark.line + 1}, column ${mark.column + 1}: ${reason}`;
}

/** What js-yaml's exceptions have beside a message of several lines; both counts from 0. */
interface YamlFailure {
  readonly reason: string;
  readonly mark?: {readonly line: number; readonly column: number};
}
