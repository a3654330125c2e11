import {SessionAbsentError} from '../errors.ts';

/** The error for sessions that have no pod. */
export function absentSession(sessions: readonly string[], namespace: string): SessionAbsentError {
  const names = sessions.map(session => `"${session}"`).join(', ');
  return new SessionAbsentError(
    `there is no pod of ${names} in namespace "${namespace}"; \`gc-k8s status\` shows the sessions there are`,
  );
}
