import {readFileSync} from 'node:fs';
import {
  ownWordsIn,
  saidTo,
  shellMessagesIn,
  sourcesBelow,
  textsIn,
  thrownIn,
  warningsIn,
  type Message,
} from './messages.ts';

/** Where a failure gets all of its words elsewhere, and where that is. */
const WORDS_FROM: Readonly<Record<string, string>> = {
  'src/cli/cancellation.ts': 'errors.ts: interrupted by …',
  'src/kube/http-client.ts': 'the socket, wrapped by kube/failure.ts',
  'src/people/config.ts': 'config/values.ts',
  'src/people/parse.ts': 'commander, a wrong command line',
  'src/session/start/await-launch.ts': 'pod/readiness.ts',
  'src/session/start/claim-name.ts': 'SessionExistsError in errors.ts',
  'src/session/start/launch.ts': 'deathMessage, and pod/scripts/launch.sh',
  'src/session/start/run-start.ts': 'the failure it adds to',
};

/** Parts of a sentence, whose whole is an entry. */
const PARTS = new Set([
  ...['Pane is dead (', 'exit code', 'it printed nothing', 'its last output: …', 'is taken'],
]);

const KUBECONFIG = 'kubeconfig …, …: ';

function collected(): Message[] {
  const sources = [...sourcesBelow('src'), ...sourcesBelow('dev-cluster/cli')];
  const entries = sourcesBelow('src/kube').flatMap(file => saidTo(file, 'error'));
  return [
    ...sources.flatMap(thrownIn),
    ...sources.flatMap(warningsIn),
    ...entries.map(({text, at}) => ({text: KUBECONFIG + text, at})),
    ...ownWordsIn('src/errors.ts'),
    ...textsIn('src/pod/readiness.ts', 'obstacle'),
    ...textsIn('src/session/start/launch.ts', 'deathMessage'),
    ...textsIn('src/kube/failure.ts', 'wording'),
    ...sourcesBelow('src', '.sh').flatMap(shellMessagesIn),
  ].filter(({text}) => !PARTS.has(text) && !/^[\W_]*(kubeconfig …, …: )?…$/.test(text));
}

/** The entries of the page: code spans that a list item begins with. */
function entries(): string[] {
  const page = readFileSync('docs/troubleshooting.md', 'utf8');
  const items = page.matchAll(/^- ((?:(?:``.+?``|`[^`]+`)(?:,\s+)?)+)/gm);
  return [...items].flatMap(([, spans]) =>
    [...(spans ?? '').matchAll(/`` (.+?) ``|``(.+?)``|`([^`]+)`/g)].map(
      ([, spaced, double, single]) => spaced ?? double ?? single ?? '',
    ),
  );
}

/** What docs/troubleshooting.md lacks and has too much, as lines to add or remove. */
export function compareTroubleshooting(): {missing: string[]; gone: string[]; count: number} {
  const messages = collected();
  const known = new Set(entries());
  const said = new Set(messages.map(({text}) => text));
  const missing = messages.filter(({text}) => !known.has(text));
  return {
    missing: [...new Set(missing.map(({text, at}) => `- \`${text}\`   (${at})`))],
    gone: [...known].filter(entry => !said.has(entry)),
    count: messages.length,
  };
}

/** Files with failures that have no words of their own, and those that are known to. */
export function wordlessFailures(): {found: string[]; known: string[]} {
  const found = sourcesBelow('src')
    .flatMap(thrownIn)
    .filter(({text}) => text === '…')
    .map(({at}) => at.replace(/:\d+$/, ''));
  return {found: [...new Set(found)].toSorted(), known: Object.keys(WORDS_FROM).toSorted()};
}
