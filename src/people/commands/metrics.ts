import type {Command} from '../command.ts';

export const metrics: Command = {
  name: 'metrics',
  summary: 'prints the metrics of the agents for Prometheus, or serves them',
  flags: [
    {flags: '--serve <port>', meaning: 'serve /metrics and /healthz until interrupted'},
    {flags: '--address <address>', meaning: 'address to serve on; default 127.0.0.1'},
  ],
  examples: [
    ['metrics', 'print them once'],
    ['metrics --serve 9464 --address 0.0.0.0', 'let Prometheus scrape them'],
  ],
  notes:
    'They are computed from pods and records each time, so that nothing is lost between scrapes. With --serve, unrecorded ends are written to their records, and to the event log with GC_K8S_RESULT_EVENTS=1. docs/metrics.md has alerts and a dashboard.',
  budgetMs: options => (options.serve === undefined ? 60_000 : Infinity),
  load: () => import('../metrics.ts'),
};
