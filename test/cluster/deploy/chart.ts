import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {succeeded} from '../kit/playground.ts';
import type {Ran} from '../kit/process.ts';
import {objectsOf, type KubernetesObject} from './dolt.ts';
import {CHART, kubectl, run, withDirectory} from './kit.ts';

/** The values files with what each asks for besides. */
export const VALUES = {
  'values.yaml': [],
  'values-dev.yaml': [],
  'values-prod.yaml': [
    '--set=dolt.rootPassword.existingSecret=dolt-root',
    '--set=eventCleanup.image.repository=r.example.com/gc-k8s-controller',
    '--set=runCleanup.image.repository=r.example.com/gc-k8s-controller',
  ],
} as const;
/** values-prod.yaml with what it asks for. */
export const PROD = [`--values=${join(CHART, 'values-prod.yaml')}`, ...VALUES['values-prod.yaml']];

/** What brings every object of the chart. */
export const EVERYTHING = [
  ...['--set=controller.enabled=true', '--set=settings.GC_K8S_IMAGE=gc-agent:0.1.0'],
  '--set=metrics.enabled=true',
  ...['--set=dolt.backup.enabled=true', '--set=dolt.podDisruptionBudget.enabled=true'],
  ...['--set=secrets.doltRootPassword=p', '--set=secrets.gitToken=t'],
  ...['--set=secrets.registry.server=r.example.com', '--set=secrets.claudeCredentials.a=b'],
  '--set=networkPolicy.agentEgress.ports={22,443}',
  '--set-json=rbac.operators=[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"me"}]',
];

/** The chart, by this Helm, for the version of the tests' cluster. */
export function chartWith(helmPath: string) {
  const helm = (...args: string[]): Promise<Ran> => run(helmPath, args);
  const render = async (args: readonly string[], namespace = 'default') => {
    const {serverVersion} = JSON.parse(await kubectl(['version', '-o', 'json'])) as {
      serverVersion: {gitVersion: string};
    };
    const version = `--kube-version=${serverVersion.gitVersion}`;
    return helm('template', 'city', CHART, `--namespace=${namespace}`, version, ...args);
  };
  /** With values from a file: Helm reads numbers there as floats. In namespace gc. */
  const renderValues = (values: object) =>
    withDirectory(directory => {
      const file = join(directory, 'values.json');
      writeFileSync(file, JSON.stringify(values));
      return render([`--values=${file}`], 'gc');
    });
  const objects = async (values: object): Promise<Map<string, KubernetesObject>> =>
    objectsOf(succeeded(await renderValues(values)).stdout);
  /** What an install prints. */
  const notes = async (...args: string[]) =>
    succeeded(await helm('install', 'city', CHART, '--dry-run=client', ...args)).stdout;
  return {helm, render, renderValues, objects, notes};
}
