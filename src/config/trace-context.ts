/** The trace that a call belongs to, as W3C's Trace Context writes it (`traceparent`). */
export interface TraceContext {
  readonly traceparent: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace in the variable TRACEPARENT; undefined when it is not set or not valid, which is no failure. */
export function traceContext({TRACEPARENT: given}: NodeJS.ProcessEnv): TraceContext | undefined {
  const traceId = TRACEPARENT.exec(given ?? '')?.[1];
  return given === undefined || traceId === undefined ? undefined : {traceparent: given, traceId};
}
