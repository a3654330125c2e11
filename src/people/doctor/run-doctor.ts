import {exit, nothing, type Reply} from '../../cli/operation.ts';
import {visible} from '../../cli/visible.ts';
import {withConfigFile} from '../../config/config-file.ts';
import {podSettings} from '../../config/pod-settings.ts';
import {setting} from '../../config/settings.ts';
import {Deadline} from '../../time/deadline.ts';
import type {PeopleCall} from '../command.ts';
import {counted} from '../counted.ts';
import {asJsonOrYaml} from '../format.ts';
import {paintOf, type Paint} from '../paint.ts';
import {warnOfUnknownSettings} from '../unknown-settings.ts';
import type {Finding, Verdict} from './finding.ts';
import {deletePods} from './pods.ts';
import {clusterOf, type DoctorContext} from './context.ts';
import {runChecks} from './run-checks.ts';

/** Time to delete the pods after a timeout or Ctrl-C. */
const CLEANUP_MS = 1_500;

/** Checks the chain and prints a line for each link. Exits 1 when one is broken; leaves nothing behind. */
export async function run(call: PeopleCall): Promise<Reply> {
  warnOfUnknownSettings(call);
  const env = await withConfigFile(call.env);
  const context: DoctorContext = {
    call: {...call, env},
    namespace: setting(env, 'namespace'),
    settings: podSettings(env),
    pods: [],
  };
  const findings: Finding[] = [];
  const isJsonOrYaml = (await asJsonOrYaml({}, call.options)) !== undefined;
  try {
    for await (const finding of runChecks(context)) {
      findings.push(finding);
      if (!isJsonOrYaml) await call.print(lineOf(finding, paintOf(call)));
    }
  } finally {
    await cleanUp(context);
  }
  const isBroken = findings.some(({verdict}) => verdict === 'failed');
  const printed = await asJsonOrYaml({version: 1, ok: !isBroken, findings}, call.options);
  await call.print(printed ?? summary(findings));
  return isBroken ? exit(1) : nothing;
}

async function cleanUp(context: DoctorContext): Promise<void> {
  if (context.pods.length === 0 || context.connection === undefined) return;
  const deadline = new Deadline(CLEANUP_MS * 10);
  await deletePods(context, clusterOf({...context, call: {...context.call, deadline}}));
  deadline.clear();
}

const LINK_WIDTH = 16;

const MARKS: Record<Verdict, string> = {ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: '-'};

/** `FAIL  image            ImagePullBackOff: … `, with the advice below. */
export function lineOf({link, verdict, says, todo}: Finding, paint: Paint): string {
  const colours = {ok: paint.green, warning: paint.yellow, failed: paint.red, skipped: paint.dim};
  const mark = colours[verdict](MARKS[verdict].padEnd(4));
  const line = `${mark}  ${link.padEnd(LINK_WIDTH)} ${visible(says)}\n`;
  return todo === undefined ? line : `${line}${' '.repeat(LINK_WIDTH + 7)}→ ${visible(todo)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter(each => each.verdict === verdict).length;
  return `\n${count('ok')} ok, ${counted(count('warning'), 'warning')}, ${count('failed')} failed, ${count('skipped')} not looked at\n`;
}
