import {readFileSync} from 'node:fs';
import {commandLine, type Chosen} from '../../dev-cluster/cli/main.ts';
import {operations as events} from '../../src/events/operations.ts';
import {parse} from '../../src/people/parse.ts';
import {operations as sessions} from '../../src/session/operations.ts';

/** A call of a program of ours that a page shows. */
export interface Shown {
  readonly page: string;
  readonly words: readonly string[];
  /** In a sentence, where arguments may be left out. */
  readonly isProse: boolean;
}

const PROGRAM = /^(?:\S*\/)?(gc-k8s|gc-session-k8s|gc-events-k8s|gc-dev-cluster)$/;

/** The lines of a page's shell blocks, a command on each: continued lines joined, comments gone. */
export function shellLines(page: string): string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)];
  return blocks.flatMap(([, block = '']) =>
    block
      .replaceAll(/<<'?(\w+)'?\n[^]*?\n\1$/gm, '')
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map(line => line.replace(/(^|\s)#.*$/, '').trim())
      .filter(line => line !== ''),
  );
}

/** The calls in a page: in its shell blocks, and in its sentences. */
export function callsIn(page: string): Shown[] {
  const prose = readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
  const inline = [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)]
    .map(([, code = '']) => code)
    // What is in brackets or dots stands for something else; a comma is a sentence's.
    .filter(code => !/[…<[,]|\\\|/.test(code));
  return [
    ...shellLines(page).flatMap(line => ourCalls(page, line, false)),
    ...inline.flatMap(line => ourCalls(page, line, true)),
  ];
}

function ourCalls(page: string, line: string, isProse: boolean): Shown[] {
  return commandsOf(line).flatMap(([first = '', ...rest]) => {
    const isPlugin = first === 'kubectl' && rest[0] === 'gc';
    const name = isPlugin ? 'gc-k8s' : PROGRAM.exec(first)?.[1];
    const args = isPlugin ? rest.slice(1) : rest;
    // A name alone is no call.
    return name === undefined || args.length === 0 ? [] : [{page, words: [name, ...args], isProse}];
  });
}

/** The simple commands of a line as words, without assignments, quotes and redirections. */
function commandsOf(line: string): string[][] {
  const pieces = line.matchAll(/\|\|?|&&?|;|\$?\(|\)"?|(?:'[^']*'|"[^"(]*"|[^\s|&;()'"])+|"/g);
  const commands: string[][] = [[]];
  for (const [piece] of pieces) {
    if (/^([|&;]+|\$?\(|\)"?|")$/.test(piece)) commands.push([]);
    else if (commands.at(-1)?.length !== 0 || !/^\w+=/.test(piece))
      commands.at(-1)?.push(piece.replaceAll(/['"]/g, ''));
  }
  return commands.map(words => {
    const end = words.findIndex(word => /^\d?[<>]/.test(word));
    return end < 0 ? words : words.slice(0, end);
  });
}

/** Why a call would be refused before it does anything; undefined when it would not. */
export function refusal({words: [name = '', ...args], isProse}: Shown): string | undefined {
  try {
    if (name === 'gc-k8s') parse([name, ...args]);
    else if (name === 'gc-dev-cluster') devCluster(args);
    else oneOf(name === 'gc-session-k8s' ? sessions : events, args);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return isProse && /\bmissing\b/.test(why) ? undefined : why;
  }
}

function devCluster(args: readonly string[]): void {
  const chosen: Chosen = {run: () => Promise.resolve(0)};
  // Its help and the demo's flags are printed and read elsewhere.
  if (args[0] !== 'demo' && !args.includes('--help')) {
    commandLine('0', chosen).parse(args, {from: 'user'});
  }
}

function oneOf(
  operations: Readonly<Record<string, {readonly usage: string}>>,
  [name = '', ...args]: readonly string[],
): void {
  if (name === '--help' || name === '--version') return;
  const usage = operations[name]?.usage;
  if (usage === undefined) throw new Error(`there is no operation ${name}`);
  const takes = usage.split(' ').filter(word => word !== '');
  const least = takes.filter(word => word.startsWith('<')).length;
  const most = usage.includes('…') ? Infinity : takes.length;
  if (args.length < least) throw new Error(`missing argument: ${name} takes ${usage}`);
  if (args.length > most) throw new Error(`${name} takes ${usage}`);
}
