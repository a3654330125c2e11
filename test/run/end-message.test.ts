import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import catalogueScript from '../../src/pod/scripts/catalogue.sh';
import {readCatalogue} from '../../src/run/artifact-catalogue.ts';
import {endMessage} from '../../src/run/end-message.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

it('the end of a run whose time was up is not the exit code of the SIGINT that ended it', () => {
  expect(endMessage('timeout', {exitCode: 130})).toBe(
    "the agent's time was up; GC_K8S_TIMEOUT sets it",
  );
});

it('an artifact with a newline in its name is refused by name, and the others are kept', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'in\nner'));
  for (const name of ['plain', 'two\nlines', 'in\nner/plain']) {
    writeFileSync(join(directory, name), 'x');
  }
  const script = catalogueScript.replace('/run/gc/output/artifacts', directory);
  const {artifacts, errors} = readCatalogue(execFileSync('sh', ['-c', script], {encoding: 'utf8'}));
  expect(artifacts.map(({path}) => path)).toEqual(['/run/gc/output/artifacts/plain']);
  expect(errors.toSorted()).toEqual([
    'in?ner/plain has a newline in its name, shown as ?',
    'two?lines has a newline in its name, shown as ?',
  ]);
});
