import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {EVERY_SETTING} from '../../src/config/every-setting.ts';
import {callsIn, refusal, shellLines} from './commands.ts';
import {sourcesBelow} from './messages.ts';

const PAGES = [
  ...['README.md', 'dev-cluster/README.md', 'contrib/k8s/README.md', 'contrib/k8s/CHECKLIST.md'],
  ...sourcesBelow('docs', '.md').filter(page => !page.startsWith('docs/adr/')),
];
const textOf = (page: string) => readFileSync(page, 'utf8');

/** What is shipped and run, as one text. */
const SHIPPED = ['src', 'contrib', 'scripts', 'test/kit', 'test/cluster']
  .flatMap(room => readdirSync(room, {recursive: true, withFileTypes: true}))
  .filter(entry => entry.isFile())
  .map(({parentPath, name}) => textOf(join(parentPath, name)))
  .join('\n');

/** What of a pattern's first group in a page is not as it should be. */
function wrong(text: string, pattern: RegExp, isRight: (found: string) => boolean): string[] {
  const all = [...text.matchAll(pattern)].map(([, group = '']) => group);
  return [...new Set(all)].filter(each => !isRight(each));
}

function isInValues(key: string): boolean {
  let value: unknown = load(textOf('contrib/helm/gc-k8s/values.yaml'));
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null || !(part in value)) return false;
    value = (value as Record<string, unknown>)[part];
  }
  return true;
}

const VARIABLES: ReadonlySet<string> = new Set(
  Object.values(EVERY_SETTING).map(({variable}) => variable),
);

describe.each(PAGES)('%s', page => {
  const text = textOf(page);
  const shell = shellLines(page).join('\n');

  it('calls our programs as they take it', () => {
    const refused = callsIn(page).map(call => [call.words.join(' '), refusal(call)]);
    expect(refused.filter(([, why]) => why !== undefined)).toEqual([]);
  });

  it('names settings, labels and values of the chart that exist', () => {
    const isKnown = (name: string) => VARIABLES.has(name) || name.endsWith('_');
    expect(wrong(text, /\b(GC_K8S_\w+)/g, isKnown)).toEqual([]);
    expect(wrong(text, /\b(GC_(?!K8S_)\w+)/g, name => SHIPPED.includes(name))).toEqual([]);
    expect(wrong(text, /(?<![\w./-])(gc(?:-k8s)?\/[a-z-]+)/g, l => SHIPPED.includes(l))).toEqual(
      [],
    );
    expect(wrong(shell, /--set(?:-json)?[ =]'?([\w.]+)=/g, isInValues)).toEqual([]);
    const value = /`((?:dolt|rbac|controller|(?:event|run)Cleanup|networkPolicy)\.\w+[\w.]*)/g;
    expect(wrong(text, value, key => /\.(svc|yaml)/.test(key) || isInValues(key))).toEqual([]);
  });

  it('names objects that the manifests or the chart make', () => {
    const object =
      /(?:\b(?:cronjob|statefulset|deployment|service)\/|--role=|serviceaccount:gc:|create token )([\w-]+)/g;
    const isMade = (name: string) => new RegExp(`name"?:? "?${name}\\b`).test(SHIPPED);
    expect(wrong(shell, object, isMade)).toEqual([]);
  });
});

it('the pages have calls that are looked at', () => {
  expect(PAGES.flatMap(callsIn).length).toBeGreaterThan(60);
});
