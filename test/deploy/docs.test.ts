import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {load, loadAll} from 'js-yaml';
import {describe, expect, it} from 'vitest';

interface Role {
  readonly kind: string;
  readonly metadata: {readonly name: string};
  readonly rules: readonly {resources: string[]; verbs: string[]}[];
}

const read = (path: string) => readFileSync(path, 'utf8');
const pages = (directory: string) =>
  readdirSync(directory)
    .filter(name => name.endsWith('.md'))
    .map(name => join(directory, name));
const PAGES = [
  ...[...pages('docs'), ...pages('contrib/k8s'), 'README.md', 'ARCHITECTURE.md'],
  'dev-cluster/README.md',
];

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe.each(PAGES)('%s', page => {
  const text = read(page);

  it('links to what is there', () => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      expect(existsSync(path), target).toBe(true);
      if (anchor === undefined) continue;
      const headings = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, line = '']) => line);
      expect(headings.map(anchorOf), target).toContain(anchor);
    }
  });

  it('names files of ours that are there', () => {
    const ours = /(?<![\w/.-])(?:contrib|docs|dev-cluster|demo|scripts|src|test)\/[\w./-]*\w/g;
    for (const [path] of text.matchAll(ours))
      expect(existsSync(path) || path === 'contrib/session-scripts', path).toBe(true);
  });
});

it('docs/deploy.md applies the files of the kustomization, in its order', () => {
  const {resources} = load(read('contrib/k8s/kustomization.yaml')) as {resources: string[]};
  const [firstStep = ''] = read('docs/deploy.md').split('\n## 2 ');
  const applied = firstStep.matchAll(/^kubectl apply -f contrib\/k8s\/(\S+)$/gm);
  expect([...applied].map(([, file]) => file)).toEqual(resources);
});

it('docs/rbac.md gives each account the rights of its Role', () => {
  const text = read('docs/rbac.md');
  const roleOf = (file: string, account: string) =>
    (loadAll(read(join('contrib/k8s', file))) as Role[]).find(
      ({kind, metadata}) => kind === 'Role' && metadata.name === account,
    );
  for (const [file, account] of [
    ['rbac.yaml', 'gc-controller'],
    ['rbac.yaml', 'gc-operator'],
    ['event-cleanup-cronjob.yaml', 'gc-event-cleanup'],
    ['run-cleanup-cronjob.yaml', 'gc-run-cleanup'],
    ['metrics.yaml', 'gc-metrics'],
  ] as const) {
    const row = text.split('\n').find(line => line.startsWith(`| \`${account}\``)) ?? '';
    const rights = roleOf(file, account)?.rules.map(
      ({resources, verbs}) => `${resources.join(', ')}: ${verbs.join(', ')}`,
    );
    const told = row.split('|')[3]?.trim().split(' · ') ?? [];
    const sorted = (right: string) => right.split(/[:,] /).toSorted().join(' ');
    expect(told.map(sorted)).toEqual(rights?.map(sorted));
  }
});

it('contrib/k8s/README.md lists every file', () => {
  const text = read('contrib/k8s/README.md');
  for (const file of readdirSync('contrib/k8s'))
    if (!/^(README\.md|kustomization\.yaml)$/.test(file)) expect(text).toContain(`\`${file}\``);
});
