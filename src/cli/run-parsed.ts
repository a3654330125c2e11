import {describeFailure} from './failure.ts';
import type {Operation} from './operation.ts';
import {writeErrorLine} from './reply.ts';
import {finish, runOperation} from './run.ts';

/** What a command line asks for: a text to print (help, version), or an operation to run. */
export type Parsed =
  | {readonly kind: 'text'; readonly text: string}
  | {
      readonly kind: 'operation';
      /** The words that chose it: `events list`. */
      readonly name: string;
      /** What else it was given, for messages and the log. */
      readonly args: readonly string[];
      readonly operation: Operation;
    };

/**
 * Runs what `parse` makes of the command line and exits, for programs whose options a parser of
 * their own reads. What it raises is said in one line, exit code 1.
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
