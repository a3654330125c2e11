import {afterEach} from 'vitest';

/*
 * With GC_TEST_FAIL_FIRST the first try of each test fails when it has done all, for the second to
 * show that it can succeed: `CI=1 GC_TEST_FAIL_FIRST=1 npx vitest run --project embedded`.
 */
if (process.env.GC_TEST_FAIL_FIRST !== undefined) {
  afterEach(({task}) => {
    if (task.result?.retryCount === 0) throw new Error('failed by GC_TEST_FAIL_FIRST');
  });
}
