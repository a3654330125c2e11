import type {ExecCall, ExecHandler} from '../../dev-cluster/exec/call.ts';
import {objectsAt, stringAt} from '../../dev-cluster/json.ts';

/** One script that our side ran in a pod. */
export interface Ran {
  readonly pod: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly stdin: Buffer;
}

/** The pod's side of every exec, scripted: what a launch, the scripts of src/tmux and tmux itself would do. */
export class PodSide {
  readonly ran: Ran[] = [];
  /** What was typed, once for each id. */
  readonly typed: string[] = [];
  /** What was pressed, once for each id. */
  readonly pressed: string[] = [];
  /** Sessions whose tmux is gone. */
  tmuxIsGone = false;
  /** Pods whose tmux is gone. */
  readonly withoutTmux = new Set<string>();
  screen = 'a screen\n';
  /** What processes.sh reports. */
  processes = '1\n==> /proc/7/cmdline <==\nclaude\0--resume\0';
  /** What a command of `exec` does. */
  command: ExecHandler = async call => {
    await call.stdout('done\n');
    return 0;
  };
  /** Takes over the launch of `start` after its files have arrived. */
  launched: (call: ExecCall) => Promise<number | undefined> = async call => {
    await call.stdout('ready\n');
    return undefined;
  };
  /** Comes between the word "keep" and the end of the launch. */
  kept: (call: ExecCall) => Promise<void> = () => Promise.resolve();
  readonly #ids = new Set<string>();

  readonly exec: ExecHandler = async call => {
    const [, , script = '', , guard = '', ...args] = call.command;
    if (script.startsWith('echo up')) return this.#launch(call, Number(guard));
    if (script.includes('attach-session')) return this.#attach(call);
    // What prelude.sh says in a pod of another session.
    if (guard !== '' && guard !== sessionOf(call)) {
      await call.stderr('gc:other\n');
      return 93;
    }
    // What going.sh says once PID 1 was told to stop.
    if (script.includes('gc:going') && call.pod.metadata.deletionTimestamp !== undefined) {
      await call.stderr('gc:going\n');
      return 93;
    }
    if (script.includes('while now=')) return this.#watch(call, args);
    if (script.includes('eval "$command"')) {
      await taken(call.stdin[Symbol.asyncIterator](), Number(args[0]));
      return this.command(call);
    }
    const stdin = await all(call.stdin);
    this.ran.push({pod: call.pod.metadata.name, script, args, stdin});
    if (this.withoutTmux.has(call.pod.metadata.name) && script.includes('cmdline')) {
      await call.stdout('1\n==> /proc/7/cmdline <==\nsleep\x001');
      return 0;
    }
    if (this.tmuxIsGone || this.withoutTmux.has(call.pod.metadata.name)) {
      await call.stderr('gc:absent\n');
      return 93;
    }
    return this.#answer(call, script, args, stdin);
  };

  async #launch(call: ExecCall, length: number): Promise<number> {
    await call.stdout('up\n');
    const stdin = call.stdin[Symbol.asyncIterator]();
    const files = await taken(stdin, length);
    this.ran.push({pod: call.pod.metadata.name, script: 'launch', args: [], stdin: files});
    const code = await this.launched(call);
    if (code !== undefined) return code;
    const word = (await taken(stdin, 5)).toString();
    if (word !== 'keep\n') return 143;
    await this.kept(call);
    return 0;
  }

  /** A terminal that shows "attached", and from which "q" detaches. */
  async #attach({stdin, stdout}: ExecCall): Promise<number> {
    await stdout('attached\r\n');
    for await (const keys of stdin) if (keys.includes('q')) break;
    return 0;
  }

  /** What watch.sh does of a screen that does not change. */
  async #watch({stdin, stdout}: ExecCall, [separator = '']: readonly string[]): Promise<number> {
    await stdout(`${this.screen}\n${separator}\n`);
    await all(stdin);
    return 137;
  }

  async #answer(
    call: ExecCall,
    script: string,
    args: readonly string[],
    stdin: Buffer,
  ): Promise<number> {
    if (script.includes('load-buffer')) return this.#type(args, stdin);
    if (script.includes('@gc-typed')) return this.#press(args);
    const answers: [string, string][] = [
      ['capture-pane', this.screen],
      ['list-clients', '/dev/pts/1\n'],
      ['list-windows', '1700000000 1700000005\n'],
      ['show-environment', 'a value'],
      ['cmdline', this.processes],
    ];
    for (const [mark, text] of answers) {
      if (script.includes(mark)) await call.stdout(text);
    }
    if (script.includes('size=$(wc -c <"$file")')) {
      await call.stderr('5\n');
      await call.stdout('hello');
    }
    return 0;
  }

  #press([id = '', again, ...keys]: readonly string[]): number {
    if (again === 'again' && this.#ids.has(id)) return 0;
    this.#ids.add(id);
    this.pressed.push(...keys);
    return 0;
  }

  #type([length, id = '', , again]: readonly string[], stdin: Buffer): number {
    if (again === 'again' && this.#ids.has(id)) return 0;
    const text = length === 'marked' ? beforeMark(stdin, id) : stdin;
    if (text === undefined || (length !== 'marked' && text.length !== Number(length))) return 1;
    this.#ids.add(id);
    this.typed.push(text.toString());
    return 0;
  }
}

/** GC_SESSION_NAME of the pod's container. */
function sessionOf({pod}: ExecCall): string | undefined {
  const [container] = objectsAt(pod, 'spec', 'containers');
  const variable = objectsAt(container, 'env').find(({name}) => name === 'GC_SESSION_NAME');
  return stringAt(variable, 'value');
}

/** Undefined when the mark did not come. */
function beforeMark(stdin: Buffer, mark: string): Buffer | undefined {
  const end = stdin.length - mark.length;
  return stdin.toString('utf8', end) === mark ? stdin.subarray(0, end) : undefined;
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const collected: Buffer[] = [];
  for await (const piece of pieces) collected.push(piece);
  return Buffer.concat(collected);
}

/** At least so many bytes, fewer at the end. */
async function taken(pieces: AsyncIterator<Buffer>, length: number): Promise<Buffer> {
  let collected = Buffer.alloc(0);
  while (collected.length < length) {
    const next = await pieces.next();
    if (next.done === true) break;
    collected = Buffer.concat([collected, next.value]);
  }
  return collected;
}
