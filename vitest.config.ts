import {defineConfig} from 'vitest/config';

/** Cluster tests share one cluster: one file at a time, and long enough for a slow node. */
export default defineConfig({
  test: {
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: {json: '.reports/vitest.json'},
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bundle/**', 'test/cluster/**'],
        },
      },
      {test: {name: 'bundle', include: ['test/bundle/**/*.test.ts'], testTimeout: 60_000}},
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
