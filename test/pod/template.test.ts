import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {SettingsError} from '../../src/errors.ts';
import {mergeUnder, readTemplate} from '../../src/pod/template.ts';
import {temporaryDirectory, write} from '../kit/temporary-directory.ts';

describe('mergeUnder', () => {
  it('adds what ours does not say, and keeps what it says', () => {
    const template = {
      metadata: {labels: {team: 'a', app: 'x'}, name: 'x'},
      spec: {hostNetwork: false},
    };
    const pod = {metadata: {name: 'p', labels: {app: 'gc-agent'}}, spec: {restartPolicy: 'Never'}};
    expect(mergeUnder(template, pod)).toEqual({
      metadata: {labels: {team: 'a', app: 'gc-agent'}, name: 'p'},
      spec: {hostNetwork: false, restartPolicy: 'Never'},
    });
  });

  it('merges containers, their variables and mounts by name', () => {
    const template = {
      spec: {
        containers: [
          {name: 'proxy', image: 'proxy:1'},
          {
            name: 'agent',
            image: 'other',
            tty: true,
            env: [
              {name: 'A', value: 'theirs'},
              {name: 'B', value: 'more'},
            ],
            volumeMounts: [{name: 'cache', mountPath: '/cache'}],
          },
        ],
        volumes: [{name: 'cache', emptyDir: {}}],
      },
    };
    const pod = {
      spec: {
        containers: [
          {
            name: 'agent',
            image: 'ours',
            env: [{name: 'A', value: 'ours'}],
            volumeMounts: [{name: 'workspace', mountPath: '/workspace'}],
          },
        ],
        volumes: [{name: 'workspace', emptyDir: {}}],
      },
    };
    expect(mergeUnder<object>(template, pod)).toEqual({
      spec: {
        containers: [
          {
            name: 'agent',
            image: 'ours',
            tty: true,
            env: [
              {name: 'A', value: 'ours'},
              {name: 'B', value: 'more'},
            ],
            volumeMounts: [
              {name: 'workspace', mountPath: '/workspace'},
              {name: 'cache', mountPath: '/cache'},
            ],
          },
          {name: 'proxy', image: 'proxy:1'},
        ],
        volumes: [
          {name: 'workspace', emptyDir: {}},
          {name: 'cache', emptyDir: {}},
        ],
      },
    });
  });

  it('replaces lists whose items have no name', () => {
    const template = {command: ['a', 'b'], tolerations: [{key: 'x'}]};
    expect(mergeUnder<object>(template, {command: ['c']})).toEqual({
      command: ['c'],
      tolerations: [{key: 'x'}],
    });
  });

  it('never gives a variable two sources', () => {
    const valueFrom = {fieldRef: {fieldPath: 'metadata.name'}};
    const env = [{name: 'A', valueFrom}];
    expect(mergeUnder({env}, {env: [{name: 'A', value: 'ours'}]})).toEqual({
      env: [{name: 'A', value: 'ours'}],
    });
  });

  it('never gives a volume two sources', () => {
    const template = {volumes: [{name: 'workspace', hostPath: {path: '/data'}}]};
    expect(mergeUnder(template, {volumes: [{name: 'workspace', emptyDir: {}}]})).toEqual({
      volumes: [{name: 'workspace', emptyDir: {}}],
    });
  });

  it('completes a volume of the same source', () => {
    const template = {volumes: [{name: 'run', emptyDir: {medium: 'Memory'}}]};
    expect(mergeUnder(template, {volumes: [{name: 'run', emptyDir: {}}]})).toEqual({
      volumes: [{name: 'run', emptyDir: {medium: 'Memory'}}],
    });
  });
});

describe('readTemplate', () => {
  const read = async (content: string) => {
    const directory = temporaryDirectory();
    write(directory, {'pod.yaml': content});
    return readTemplate(join(directory, 'pod.yaml'));
  };

  it('reads YAML', async () => {
    expect(await read('spec:\n  priority: 3\n')).toEqual({spec: {priority: 3}});
  });

  it.each([
    ['', 'is not a pod'],
    ['- a', 'is not a pod'],
    ['text', 'is not a pod'],
    ['spec: [a]', 'spec must be a mapping'],
    ['metadata: 3', 'metadata must be a mapping'],
    ['spec: {a', 'cannot be read'],
  ])('refuses %j: %s', async (content, why) => {
    const failure: unknown = await read(content).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(String(failure)).toContain(why);
    expect(String(failure)).toContain('GC_K8S_POD_TEMPLATE=');
    expect(String(failure)).toContain('pod.yaml');
  });

  it('refuses a file that is not there', async () => {
    await expect(readTemplate('/nowhere/pod.yaml')).rejects.toThrow(
      /GC_K8S_POD_TEMPLATE=\/nowhere\/pod.yaml cannot be read: ENOENT/,
    );
  });
});

describe('a template that shares processes', () => {
  it.each(['shareProcessNamespace', 'hostPID'])('is refused by its field: %s', async field => {
    const template = JSON.stringify({spec: {[field]: true}});
    await expect(readTemplate(template)).rejects.toThrow(
      new SettingsError(
        `GC_K8S_POD_TEMPLATE: spec.${field} must not be true: agents are started and stopped by PID 1 of their own container; take it out`,
      ),
    );
    await expect(readTemplate(JSON.stringify({spec: {[field]: false}}))).resolves.toBeDefined();
  });
});
