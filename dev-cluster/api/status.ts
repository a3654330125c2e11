export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** The response body of Kubernetes when there is no object to return. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: {readonly continue?: string};
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  readonly code?: number;
}

/** An error response, thrown where the reason is found. */
export class StatusError extends Error {
  readonly code: number;
  readonly body: Status;

  constructor(
    code: number,
    body: Omit<Status, 'kind' | 'apiVersion' | 'status' | 'metadata' | 'code'> &
      Partial<Pick<Status, 'metadata'>>,
  ) {
    super(body.message);
    this.name = 'StatusError';
    this.code = code;
    const {metadata = {}, ...rest} = body;
    this.body = {kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', ...rest, code};
  }
}

/** The resource is qualified by its group, as `deployments.apps`. */
export function notFound(resource: string, name: string): StatusError {
  const message = `${resource} "${name}" not found`;
  return new StatusError(404, {message, reason: 'NotFound', details: detailsOf(resource, name)});
}

function detailsOf(qualified: string, name: string): NonNullable<Status['details']> {
  const [kind = '', ...group] = qualified.split('.');
  return {name, ...(group.length > 0 ? {group: group.join('.')} : {}), kind};
}

export function alreadyExists(resource: string, name: string, beingDeleted: boolean): StatusError {
  const message = `${beingDeleted ? 'object is being deleted: ' : ''}${resource} "${name}" already exists`;
  return new StatusError(409, {
    message,
    reason: 'AlreadyExists',
    details: detailsOf(resource, name),
  });
}

/** `kind` is the plural for most conflicts and the Kind for a delete's preconditions, as in Kubernetes. */
export function conflict(kind: string, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${kind} "${name}": ${why}`;
  return new StatusError(409, {message, reason: 'Conflict', details: detailsOf(kind, name)});
}

export function modified(resource: string, name: string): StatusError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, {message, reason: 'BadRequest'});
}

export interface Violation {
  readonly field: string;
  readonly reason:
    'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueTooLong';
  readonly message: string;
}

export function invalid(kind: string, name: string, violations: readonly Violation[]): StatusError {
  const parts = violations.map(({field, message}) => `${field}: ${message}`);
  const list = parts.length === 1 ? parts.join() : `[${parts.join(', ')}]`;
  return new StatusError(422, {
    message: `${kind} "${name}" is invalid: ${list}`,
    reason: 'Invalid',
    details: {
      ...(name === '' ? {} : {name}),
      kind,
      causes: violations.map(({reason, message, field}) => ({reason, message, field})),
    },
  });
}

/** A JSON patch that cannot be applied, a failed `test` included: the server does not say why. */
export function patchRejected(): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return new StatusError(422, {message, reason: 'Invalid', details: {}});
}

export function noSuchResource(): StatusError {
  const message = 'the server could not find the requested resource';
  return new StatusError(404, {message, reason: 'NotFound', details: {}});
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new StatusError(405, {message, reason: 'MethodNotAllowed', details: {}});
}

export function unsupportedMediaType(): StatusError {
  const message = '415: Unsupported Media Type';
  return new StatusError(415, {message, reason: 'UnsupportedMediaType', details: {}});
}

export function notAcceptable(message: string): StatusError {
  return new StatusError(406, {message, reason: 'NotAcceptable'});
}

export function unauthorized(): StatusError {
  return new StatusError(401, {message: 'Unauthorized', reason: 'Unauthorized'});
}

export function internal(message: string): StatusError {
  return new StatusError(500, {message});
}
