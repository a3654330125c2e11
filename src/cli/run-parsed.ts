import {describeFailure} from './failure.ts';
import type {Operation} from './operation.ts';
import {writeErrorLine} from './reply.ts';
import {finish, runOperation} from './run.ts';

/** What a command line asks for: a text to print (help, version), or an operation to run. */
export type Parsed =
  | {readonly kind: 'text'; readonly text: string}
  | {
      readonly kind: 'operation';
      /** The words that name it, such as `events list`. */
      readonly name: string;
      /** Its arguments, for messages and the log. */
      readonly args: readonly string[];
      readonly operation: Operation;
    };

/**
 * Runs what `parse` makes of argv, and exits; for programs with a command-line parser of their own. What
 * the parser raises is printed in one line, with exit code 1.
 */
export async function runParsed(
  program: string,
  parse: (argv: readonly string[]) => Parsed,
): Promise<never> {
  let parsed: Parsed;
  try {
    parsed = parse(process.argv.slice(1));
  } catch (error) {
    const {line, exitCode} = describeFailure(error, {name: program});
    writeErrorLine(line);
    process.exit(exitCode);
  }
  if (parsed.kind === 'text') return finish(parsed.text);
  return runOperation({name: program}, parsed.operation, parsed.name, [...parsed.args]);
}
