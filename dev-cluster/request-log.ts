/** One request as received. */
export interface LoggedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** get, list, watch, create, update, patch, delete or deletecollection; '' for other paths. */
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
