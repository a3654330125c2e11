import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const HELPER = fileURLToPath(new URL('meter.py', import.meta.url));

/**
 * A long-lived helper process that runs commands and times them from posix_spawn to wait4. A command is
 * {argv, env, stdin?, untilLine?}; argv[0] is a path. Takes one measurement at a time.
 */
export class Meter {
  #helper;
  #answers;
  #last = Promise.resolve();

  constructor() {
    this.#helper = spawn('python3', [HELPER], {stdio: ['pipe', 'pipe', 'inherit']});
    this.#helper.on('error', error => {
      console.error(`bench: python3 is needed to time processes (meter.py): ${error.message}`);
      process.exit(1);
    });
    this.#answers = createInterface({input: this.#helper.stdout})[Symbol.asyncIterator]();
  }

  /** All commands at once, as one; {wallMs, cpuMs, results}. */
  measureTogether(commands) {
    const answer = this.#last.then(() => this.#ask({commands: commands.map(encoded)}));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** One command: {wallMs, cpuMs, exitCode, stdout, stderr, firstLineMs}. */
  async measure(command) {
    const {results, ...times} = await this.measureTogether([command]);
    return {...times, ...results[0]};
  }

  close() {
    this.#helper.stdin.end();
  }

  async #ask(request) {
    this.#helper.stdin.write(`${JSON.stringify(request)}\n`);
    const {value} = await this.#answers.next();
    if (value === undefined) throw new Error('the timing helper (python3 meter.py) has ended');
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}

function encoded(command) {
  if (command.stdin === undefined) return command;
  return {...command, stdin: Buffer.from(command.stdin).toString('base64')};
}
