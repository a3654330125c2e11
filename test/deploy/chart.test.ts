import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load, loadAll} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {EVERY_SETTING} from '../../src/config/every-setting.ts';

const CHART = 'contrib/helm/gc-k8s';
const MANIFESTS = 'contrib/k8s';

type Values = Readonly<Record<string, unknown>>;
const read = (...path: string[]) => readFileSync(join(CHART, ...path), 'utf8');
const values = load(read('values.yaml')) as Values & {settings: Record<string, string>};
const TEMPLATES = readdirSync(join(CHART, 'templates'), {recursive: true, withFileTypes: true})
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name));

describe('the chart', () => {
  it('has the version of the package', () => {
    const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
    expect(load(read('Chart.yaml'))).toMatchObject({version, appVersion: version});
  });

  it.each(TEMPLATES)('%s uses only values that have a default', path => {
    const used = readFileSync(path, 'utf8').matchAll(/\.Values((?:\.\w+)+)/g);
    for (const [, keys = ''] of used) {
      const found = keys
        .slice(1)
        .split('.')
        .reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values);
      expect(found, keys).toBeDefined();
    }
  });

  it('gives settings the program’s own defaults', () => {
    for (const [name, value] of Object.entries(values.settings)) {
      const setting = Object.values(EVERY_SETTING).find(({variable}) => variable === name);
      expect(setting, name).toBeDefined();
      expect(value, name).toBe(setting && 'fallback' in setting ? setting.fallback : '');
    }
  });

  it('has no secret in its defaults', () => {
    const texts = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [value];
    expect(texts(values.secrets).filter(text => text !== '')).toEqual([]);
  });
});

describe('the manifests', () => {
  const files = readdirSync(MANIFESTS).filter(file => file.endsWith('.yaml'));
  const objects = files.flatMap(file => loadAll(readFileSync(join(MANIFESTS, file), 'utf8')));

  it('are all in the kustomization, but for what is optional', () => {
    const {resources} = load(readFileSync(join(MANIFESTS, 'kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    const optional = ['controller-claim.yaml', 'controller-deployment.yaml', 'metrics.yaml'];
    expect([...resources, ...optional, 'kustomization.yaml'].toSorted()).toEqual(files.toSorted());
  });

  it('keep no claim in a file whose deletion takes something else away', () => {
    for (const file of files) {
      const kinds = loadAll(readFileSync(join(MANIFESTS, file), 'utf8')).map(
        object => (object as {kind: string}).kind,
      );
      if (kinds.includes('PersistentVolumeClaim')) expect([file, kinds.length]).toEqual([file, 1]);
    }
  });

  it('pin every image and hold no Secret', () => {
    const text = JSON.stringify(objects);
    const images = [...text.matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
    expect(images.length).toBeGreaterThan(3);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+\.\d+$/);
    expect(text).not.toContain('"kind":"Secret"');
    expect(text).not.toContain('"kind":"Cluster');
  });
});
