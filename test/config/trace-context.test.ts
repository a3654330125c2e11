import {describe, expect, it} from 'vitest';
import {traceContext} from '../../src/config/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('the trace of a call', () => {
  it('is read from TRACEPARENT', () => {
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    expect(traceContext({TRACEPARENT: traceparent})).toEqual({traceparent, traceId: TRACE});
  });

  it.each([
    ...['', 'x', `00-${TRACE}`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ...[`00-${TRACE}-0000000000000000-01`, `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`],
    `00-${TRACE}-b7ad6b7169203331-01\nx`,
  ])('is none for %j', text => {
    expect(traceContext({TRACEPARENT: text})).toBeUndefined();
    expect(traceContext({})).toBeUndefined();
  });
});
