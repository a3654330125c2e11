import {isKubeFailure, KubeError, type KubeFailure, messageOf} from '../errors.ts';
import type {Connection} from './connection.ts';
import {NotConnectedError} from './http-client.ts';

/** What a request was for, as an error message says it: `get pods "mayor"`. */
export interface Intent {
  readonly verb: string;
  /** The resource as an RBAC rule names it, subresource included: `pods`, `pods/exec`. */
  readonly resource: string;
  readonly name?: string | undefined;
  readonly namespace: string;
}

/** The body of a failed request (meta/v1 Status), as far as it is used here. */
export interface Status {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly metadata?: {readonly continue?: string};
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly {readonly reason?: string; readonly message?: string}[];
  };
}

/**
 * A refusal by the server as a KubeError. The message never says "already exists": gc takes these words for
 * a session that runs.
 */
export function statusFailure(
  intent: Intent,
  httpStatus: number,
  status: Status,
  retryAfter?: string,
): KubeError {
  const failure = failureOf(httpStatus, status);
  const detail = status.message ?? `HTTP ${httpStatus}`;
  return new KubeError(`${describe(intent)}: ${wording(intent, failure, detail)}`, {
    failure,
    status: httpStatus,
    detail,
    retryAfterSeconds: status.details?.retryAfterSeconds ?? seconds(retryAfter),
    // A 5xx may come from a proxy in front of a server that went on and did it.
    outcomeUnknown: httpStatus >= 500,
    continueToken: status.metadata?.continue,
  });
}

/** A connection that broke, or could not be made, as a KubeError `unreachable`. */
export function connectionFailure(
  intent: Intent,
  connection: Connection,
  error: unknown,
): KubeError {
  const detail = messageOf(error);
  const hint = tlsHint(error);
  return new KubeError(
    `${describe(intent)}: no answer from ${connection.server.origin} (context ${connection.contextName}): ${detail}${hint}`,
    {
      failure: 'unreachable',
      status: 0,
      detail,
      outcomeUnknown: !(error instanceof NotConnectedError),
      cause: error,
    },
  );
}

/** True for failures that may be gone a moment later: throttling, 5xx, a lost connection. */
export function isTransient(error: unknown): error is KubeError {
  return isKubeFailure(error, 'throttled', 'unavailable', 'unreachable') && !isTlsRefusal(error);
}

/** `get pods "mayor" in namespace "gc"`. */
export function describe(intent: Intent): string {
  const object =
    intent.name === undefined ? intent.resource : `${intent.resource} "${intent.name}"`;
  return `${intent.verb} ${object} in namespace "${intent.namespace}"`;
}

const BY_STATUS = new Map<number, KubeFailure>([
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [409, 'conflict'],
  [410, 'gone'],
  [413, 'tooLarge'],
  [422, 'invalid'],
  [429, 'throttled'],
]);

function failureOf(httpStatus: number, status: Status): KubeFailure {
  if (status.reason === 'AlreadyExists') return 'exists';
  if (status.reason === 'Expired') return 'gone';
  return BY_STATUS.get(httpStatus) ?? (httpStatus >= 500 ? 'unavailable' : 'invalid');
}

function wording(intent: Intent, failure: KubeFailure, detail: string): string {
  switch (failure) {
    case 'exists':
      return 'the name is taken';
    case 'forbidden':
      // Quotas and Pod Security answer 403 too; only RBAC says `cannot VERB resource`.
      return !detail.includes(' cannot ')
        ? `refused: ${detail}${detail.includes('PodSecurity') ? ' (GC_K8S_POD_SECURITY)' : ''}`
        : `forbidden: ${detail}; the account of this kubeconfig needs verb "${intent.verb}" on ${intent.resource} (contrib/k8s/rbac.yaml)`;
    case 'unauthorized':
      return `the server does not accept these credentials: ${detail}; log in again or mend the kubeconfig`;
    case 'throttled':
      return `the server is overloaded: ${detail}`;
    default:
      return detail.replaceAll(/already exists/gi, 'is taken');
  }
}

function seconds(retryAfter: string | undefined): number | undefined {
  const value = Number(retryAfter);
  return retryAfter === undefined || Number.isNaN(value) ? undefined : value;
}

/** A certificate that is not trusted now will not be a moment later. */
function isTlsRefusal(error: KubeError): boolean {
  return error.failure === 'unreachable' && tlsHint(error.cause) !== '';
}

function tlsHint(error: unknown): string {
  const cause = error instanceof NotConnectedError ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (/^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|CERT_|ERR_TLS_CERT)/.test(code)) {
    return '; its certificate is not the one this kubeconfig trusts (certificate-authority, tls-server-name)';
  }
  return '';
}
