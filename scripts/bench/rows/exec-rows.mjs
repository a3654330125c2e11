import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {SESSION} from '../bench.mjs';
import {commandRow} from '../command-row.mjs';

const FILE_BYTES = 40_000;
const PASTE = ['tmux', 'load-buffer', '-b', 'b', '-', ';', 'paste-buffer', '-d', '-b', 'b'];
const tmux = (...words) => ({args: ['exec', SESSION, '--', 'tmux', ...words]});
const driven = words => `'tmux' ${words.map(word => `'${word}'`).join(' ')}`;

/** [name, our call, kubectl's command, more]: everything that one exec into the pod answers. */
function operations(bench) {
  const set = {args: ['set-meta', SESSION, 'drain'], stdin: 'requested'};
  const given = () => bench.run(bench.ours(bench.nodes[0], set.args, set));
  return [
    row('peek', {args: ['50']}, tmux('capture-pane', '-p', '-t', 'main', '-S', '-50')),
    row(
      'nudge',
      {stdin: 'hello there\n'},
      {
        args: ['exec', '-i', SESSION, '--', ...PASTE, '-t', 'main', ';', 'send-keys', 'Enter'],
        stdin: 'hello there',
      },
    ),
    row('send-keys', {args: ['Enter']}, tmux('send-keys', '-t', 'main', 'Enter')),
    row('interrupt', {}, tmux('send-keys', '-t', 'main', 'C-c')),
    row('get-meta', {args: ['drain'], expect: /requested/}, show('drain'), {before: given}),
    row('set-meta', {args: ['drain'], stdin: 'requested'}, environment('drain', 'requested'), {
      others: {'kubectl annotate': bench.kubectl(annotate('gc-bench=requested'))},
    }),
    row('remove-meta', {args: ['drain']}, environment('-u', 'drain'), {
      before: given,
      others: {'kubectl annotate': bench.kubectl(annotate('gc-bench-'))},
    }),
    row('is-attached', {expect: /false/}, tmux('list-clients', '-t', 'main')),
    row('get-last-activity', {}, tmux('display-message', '-p', '-t', 'main', '#{window_activity}')),
    row(
      'process-alive',
      {stdin: 'cat\n', expect: /true/},
      {args: ['exec', SESSION, '--', 'pgrep', '-f', 'cat']},
    ),
    row('clear-scrollback', {}, tmux('clear-history', '-t', 'main')),
    row(
      'exec',
      {stdin: 'echo hello', expect: /^hello\n$/},
      {args: ['exec', SESSION, '--', 'sh', '-c', 'echo hello'], expect: /^hello\n$/},
    ),
    row(
      'exec (typing)',
      {operation: 'exec', stdin: driven(['send-keys', '-t', 'main', '-l', 'hi'])},
      tmux('send-keys', '-t', 'main', '-l', 'hi'),
    ),
    row(
      'exec (capture)',
      {operation: 'exec', stdin: driven(['capture-pane', '-t', 'main', '-p', '-S', '-50'])},
      tmux('capture-pane', '-t', 'main', '-p', '-S', '-50'),
    ),
    ...copies(bench),
  ];
}

function copies(bench) {
  const file = join(bench.directory, 'copied');
  writeFileSync(file, randomBytes(FILE_BYTES).toString('hex').slice(0, FILE_BYTES));
  const tar = execFileSync('tar', ['-cf', '-', '-C', bench.directory, 'copied']);
  const unpack = ['exec', '-i', SESSION, '--', 'tar', '-xf', '-', '-C', '/workspace'];
  const place = () => bench.run(bench.ours(bench.nodes[0], ['copy-to', SESSION, file, 'copied']));
  return [
    row(
      'copy-to',
      {args: [file, 'copied']},
      {args: unpack, stdin: tar},
      {
        others: {'kubectl cp': bench.kubectl(['cp', file, `${SESSION}:/workspace/copied`])},
      },
    ),
    row(
      'copy-from',
      {args: ['copied'], expect: /^[0-9a-f]{40000}$/},
      {args: ['exec', SESSION, '--', 'cat', '/workspace/copied'], expect: /^[0-9a-f]{40000}$/},
      {before: place},
    ),
  ];
}

function row(name, {operation = name, args = [], ...ours}, kubectl, more = {}) {
  return {name, ours: {args: [operation, SESSION, ...args], ...ours}, kubectl, ...more};
}

const show = key => ({...tmux('show-environment', '-t', 'main', key), expect: /requested/});
const environment = (...words) => tmux('set-environment', '-t', 'main', ...words);
const annotate = change => ['annotate', '--overwrite', 'pod', SESSION, change];

/** Rows of the operations that are one exec into the session's pod. */
export function execRows(bench) {
  return operations(bench).map(operation => ({
    name: operation.name,
    group: 'exec',
    make: async () => {
      await bench.session();
      return commandRow(bench, {...operation, target: 0.95, exchangeLimit: 2});
    },
  }));
}
