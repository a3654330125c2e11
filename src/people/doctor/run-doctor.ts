import {exit, nothing, type Reply} from '../../cli/operation.ts';
import {withConfigFile} from '../../config/config-file.ts';
import {podSettings} from '../../config/pod-settings.ts';
import {setting} from '../../config/settings.ts';
import {Deadline} from '../../time/deadline.ts';
import type {PeopleCall} from '../command.ts';
import {counted} from '../counted.ts';
import {forPrograms} from '../format.ts';
import {paintOf, type Paint} from '../paint.ts';
import type {Finding, Verdict} from './finding.ts';
import {deletePods} from './pods.ts';
import {clusterOf, type Visit} from './visit.ts';
import {walk} from './walk.ts';

/** For deleting the pods when the time is up or Ctrl-C was pressed. */
const UNDO_MS = 1_500;

/** Walks the chain and prints a line for each link. Exit 1 when one is broken; nothing is left behind. */
export async function run(call: PeopleCall): Promise<Reply> {
  const env = await withConfigFile(call.env);
  const visit: Visit = {
    call: {...call, env},
    namespace: setting(env, 'namespace'),
    settings: podSettings(env),
    pods: [],
  };
  const findings: Finding[] = [];
  const isForPrograms = (await forPrograms({}, call.options)) !== undefined;
  try {
    for await (const finding of walk(visit)) {
      findings.push(finding);
      if (!isForPrograms) await call.print(lineOf(finding, paintOf(call)));
    }
  } finally {
    await leaveNothing(visit);
  }
  const isBroken = findings.some(({verdict}) => verdict === 'failed');
  const printed = await forPrograms({version: 1, ok: !isBroken, findings}, call.options);
  await call.print(printed ?? summary(findings));
  return isBroken ? exit(1) : nothing;
}

async function leaveNothing(visit: Visit): Promise<void> {
  if (visit.pods.length === 0 || visit.connection === undefined) return;
  const deadline = new Deadline(UNDO_MS * 10);
  await deletePods(visit, clusterOf({...visit, call: {...visit.call, deadline}}));
  deadline.clear();
}

const LINK_WIDTH = 16;

const MARKS: Record<Verdict, string> = {ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: '-'};

/** `FAIL  image            ImagePullBackOff: … ` and below it what to do. */
export function lineOf({link, verdict, says, todo}: Finding, paint: Paint): string {
  const colours = {ok: paint.green, warning: paint.yellow, failed: paint.red, skipped: paint.dim};
  const mark = colours[verdict](MARKS[verdict].padEnd(4));
  const line = `${mark}  ${link.padEnd(LINK_WIDTH)} ${says}\n`;
  return todo === undefined ? line : `${line}${' '.repeat(LINK_WIDTH + 7)}→ ${todo}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter(each => each.verdict === verdict).length;
  return `\n${count('ok')} ok, ${counted(count('warning'), 'warning')}, ${count('failed')} failed, ${count('skipped')} not looked at\n`;
}
