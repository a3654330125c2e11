import {execFile} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {inject} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';

/** `PROGRAM NAME DOCKERFILE CONTEXT [FLAG…]` builds an image and loads it into the cluster's nodes. */
const {GC_TEST_IMAGE_BUILD: PROGRAM = ''} = process.env;
const ROOT = resolve(import.meta.dirname, '../../..');

/** What a checkout puts into the builds' context, as .dockerignore says. */
const CONTEXT = ['.dockerignore', 'Dockerfile.agent', 'Dockerfile.controller', 'contrib', 'dist'];

/** Long enough for the first build of a new machine. */
export const BUILD_MS = 900_000;

export interface Image {
  readonly name: string;
  readonly dockerfile: 'Dockerfile.agent' | 'Dockerfile.controller';
  /** Build arguments, `NAME=VALUE`. */
  readonly args?: readonly string[];
  /** Names of the context that are left out. */
  readonly without?: readonly string[];
}

export const PLAIN_AGENT: Image = {
  name: 'gc-agent:none-test',
  dockerfile: 'Dockerfile.agent',
  args: ['AGENTS=none'],
};
export const DEFAULT_AGENT: Image = {name: 'gc-agent:default-test', dockerfile: 'Dockerfile.agent'};
export const CONTROLLER: Image = {
  name: 'gc-k8s-controller:test',
  dockerfile: 'Dockerfile.controller',
};

/** As `describe`; without a program that builds, one test that says why it is skipped. */
export function describeImages(title: string, tests: () => void): void {
  const whyNot =
    PROGRAM === ''
      ? 'GC_TEST_IMAGE_BUILD names no program that builds images and loads them'
      : undefined;
  describeUnless(whyNot, title, tests);
}

/** Builds the image, once in a run, and gives its name. Raises with the build's last lines. */
export async function built(image: Image): Promise<string> {
  const directory = join(tmpdir(), `gc-images-${inject('run')}`);
  const mark = join(directory, image.name);
  if (existsSync(mark)) return image.name;
  const context = join(directory, 'context');
  fillContext(context, image.without);
  const flags = (image.args ?? []).flatMap(argument => ['--build-arg', argument]);
  try {
    await promisify(execFile)(
      resolve(PROGRAM),
      [image.name, join(context, image.dockerfile), context, ...flags],
      {cwd: context, maxBuffer: 2 ** 26},
    );
  } catch (error) {
    const {stderr = '', stdout = ''} = error as {stderr?: string; stdout?: string};
    throw new Error(`${image.name} could not be built: ${(stdout + stderr).slice(-2000)}`);
  } finally {
    rmSync(context, {recursive: true});
  }
  writeFileSync(mark, '');
  return image.name;
}

/** Stand-ins for gc and bd, an overlay, and a file that no image may hold. */
export function fillContext(context: string, without: readonly string[] = []): void {
  mkdirSync(context, {recursive: true});
  for (const name of CONTEXT) cpSync(join(ROOT, name), join(context, name), {recursive: true});
  cpSync(join(import.meta.dirname, 'context'), context, {recursive: true});
  writeFileSync(join(context, '.env'), 'planted=secret\n');
  for (const name of without) rmSync(join(context, name), {recursive: true});
}
