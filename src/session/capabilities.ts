import {podSetting} from '../config/pod-settings.ts';

/** The capabilities that this provider declares with these settings (session-protocol.md, "Handshake"). */
export function capabilities(env: NodeJS.ProcessEnv): string[] {
  const words = ['report-attachment', 'report-activity', 'proc.exec'];
  if (podSetting(env, 'warmRelaunch')) words.push('proc.provision');
  if (!podSetting(env, 'prebaked')) words.push('env.workspace');
  words.push('env.identity');
  if (podSetting(env, 'imageHasTooling')) words.push('env.tooling');
  if (env.GC_TRANSCRIPTS_SRC && env.GC_TRANSCRIPTS_DEST) words.push('env.transcripts');
  return words;
}
