import {isKubeFailure, KubeError, type KubeFailure, messageOf} from '../errors.ts';
import type {Connection} from './connection.ts';
import {NotConnectedError} from './http-client.ts';

/** What a request was for, in the words of an error message: `get pod "mayor"`. */
export interface Intent {
  readonly verb: string;
  /** Resource with its subresource, as an RBAC rule names it: `pods`, `pods/exec`. */
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

/** A Status from the server as a KubeError. Never repeats "already exists": gc reads those words. */
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

/** A broken or never made connection as a KubeError. */
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

/** Something that another try, a moment later, may not meet: throttling, 5xx, a lost connection. */
export function isTransient(error: unknown): error is KubeError {
  return isKubeFailure(error, 'throttled', 'unavailable', 'unreachable') && !isTlsRefusal(error);
}

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
      // Quotas and Pod Security refuse with the same status as RBAC, which alone says so.
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

/** Certificates do not get better by waiting. */
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
