import {randomUUID} from 'node:crypto';
import {runSettings} from '../../config/run-settings.ts';
import {withConfigFile} from '../../config/config-file.ts';
import {POD_SETTINGS, podSettings, type PodSettings} from '../../config/pod-settings.ts';
import {traceContext} from '../../config/trace-context.ts';
import {SettingsError, UsageError} from '../../errors.ts';
import {podEnvironment, type PodEnvironment} from '../../pod/environment.ts';
import {podManifest} from '../../pod/manifest.ts';
import {podName} from '../../pod/names.ts';
import {PathMap} from '../../pod/paths.ts';
import {runPolicy} from '../../pod/run-policy.ts';
import {setAside} from '../../pod/staging/aside.ts';
import {planLaunch} from '../../pod/staging/launch-files.ts';
import {StagingPlan} from '../../pod/staging/plan.ts';
import {planWorkspace} from '../../pod/staging/workspace.ts';
import type {SessionCall} from '../operation.ts';
import {startRequest, type StartRequest} from '../start-request.ts';
import type {StartContext, StartMode} from './context.ts';

/** Reads and checks all input, so that whatever is wrong with it fails before anything is created. */
export async function prepare(call: SessionCall, mode: StartMode): Promise<StartContext> {
  const request = startRequest(await call.readInput(), call.warn);
  const env = await withConfigFile(call.env);
  const settings = podSettings(env);
  const {image} = settings;
  if (image === undefined) {
    throw new SettingsError(
      `${POD_SETTINGS.image.variable} is not set; it names the image of the agents`,
    );
  }
  const policy = runPolicy(runSettings(env), {
    isOneShot: request.lifecycle === 'one_shot',
    isBox: mode === 'provision',
  });
  const paths = new PathMap(request.env?.GC_CITY);
  const environment = environmentOf(call, request, settings, paths);
  const {session, cluster, deadline, warn} = call;
  const owner = podName(session);
  const {signal} = deadline;
  const {plan, aside} = await planned(request, {mode, settings, paths, environment, owner, signal});
  const startId = randomUUID();
  const base = {
    session,
    namespace: cluster.namespace,
    image,
    startId,
    paths,
    settings,
    environment,
    policy,
    trace: traceContext(call.env),
  };
  const payload = request.env ?? {};
  return {
    ...{mode, session, cluster, deadline, settings, startId, plan, aside, warn, request, policy},
    workDirectory: paths.workDirectory(request.work_dir),
    manifest: await mergedWithTemplate(settings, name => podManifest({...base, payload, name})),
  };
}

function environmentOf(
  {session, cluster}: SessionCall,
  request: StartRequest,
  settings: PodSettings,
  paths: PathMap,
): PodEnvironment {
  const {mailHost} = settings;
  return podEnvironment({
    session,
    payload: request.env ?? {},
    paths,
    workDirectory: paths.workDirectory(request.work_dir),
    dolt: {
      host: settings.doltHost ?? `dolt.${cluster.namespace}.svc.cluster.local`,
      port: settings.doltPort,
    },
    mail: mailHost === undefined ? undefined : {host: mailHost, port: settings.mailPort},
  });
}

interface Facts {
  readonly mode: StartMode;
  readonly settings: PodSettings;
  readonly paths: PathMap;
  readonly environment: PodEnvironment;
  readonly owner: string;
  readonly signal: AbortSignal;
}

async function planned(
  request: StartRequest,
  facts: Facts,
): Promise<{plan: StagingPlan; aside: string | undefined}> {
  const {signal} = facts;
  const {value: bytes, text: limit} = facts.settings.stageLimit;
  const plan = new StagingPlan({signal, bytes, tooLarge: () => tooLarge(limit)});
  if (!facts.settings.prebaked) {
    const overlays = [...(request.pack_overlay_dirs ?? []), request.overlay_dir ?? ''];
    const files = {
      workDirectory: request.work_dir,
      overlays: overlays.filter(directory => directory !== ''),
      copyFiles: request.copy_files ?? [],
    };
    await planWorkspace(plan, files, facts.paths);
  }
  const isClaim = facts.settings.workspacePvc !== undefined;
  const aside = setAside(plan, {owner: facts.owner, isClaim});
  planLaunch(plan, {
    secret: facts.environment.secret,
    provision: facts.mode === 'provision',
    oneShot: request.lifecycle === 'one_shot',
    command: request.command ?? '',
    processNames: request.process_names ?? [],
    nudge: request.nudge ?? '',
    readyPromptPrefix: request.ready_prompt_prefix ?? '',
    readyDelayMs: request.ready_delay_ms ?? 0,
    preStart: request.pre_start ?? [],
    sessionSetup: request.session_setup ?? [],
    sessionSetupScript: request.session_setup_script,
    sessionLive: request.session_live ?? [],
  });
  return {plan, aside};
}

function tooLarge(limit: string): UsageError {
  return new UsageError(
    `the files to copy into the pod are more than ${POD_SETTINGS.stageLimit.variable}=${limit}; raise the limit, or give the session a smaller work_dir`,
  );
}

type Manifest = StartContext['manifest'];

async function mergedWithTemplate(
  {podTemplate}: PodSettings,
  manifest: Manifest,
): Promise<Manifest> {
  if (podTemplate === undefined) return manifest;
  const {readTemplate, mergeUnder} = await import('../../pod/template.ts');
  const template = await readTemplate(podTemplate);
  return name => mergeUnder(template, manifest(name));
}
