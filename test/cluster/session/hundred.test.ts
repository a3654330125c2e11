import {mkdtempSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createLikeness} from '../kit/likeness.ts';
import {openPlayground, succeeded, type GcOptions, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

/** As many agents as the settings of Dolt and the requests are sized for. */
const SESSIONS = 100;

interface Line {
  readonly event?: string;
  readonly method?: string;
  readonly path?: string;
}

describe(`a city of ${SESSIONS} agents`, () => {
  let ground: Playground;
  const names = Array.from({length: SESSIONS}, (_, at) => `agent-${at}`);
  beforeAll(async () => {
    ground = await openPlayground('hundred');
    await ground.start('model', {command: 'cat'});
    const like = await until('the model is ready', async saw => {
      const pod = await ground.podOf('model');
      const ready = saw(pod?.status?.conditions)?.find(({type}) => type === 'Ready');
      return ready?.status === 'True' && pod;
    });
    for (const name of names) await createLikeness(ground, like, name);
  });
  afterAll(() => ground.close());

  /** The requests to the API server that a call makes, which must succeed, and what it prints. */
  async function requests(args: readonly string[]): Promise<{stdout: string; sent: string[]}> {
    const file = join(mkdtempSync(join(ground.directory, 'log-')), 'log');
    const env: GcOptions['env'] = {GC_K8S_LOG_LEVEL: 'debug', GC_K8S_LOG_FILE: file};
    const {stdout} = succeeded(await ground.gc(args, {env}));
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Line);
    const sent = lines.flatMap(({event, method, path}) =>
      event === 'request' ? [`${method ?? ''} ${path ?? ''}`] : [],
    );
    return {stdout, sent};
  }

  it('is listed by one request', async () => {
    const {stdout, sent} = await requests(['list-running', '']);
    expect(stdout.trim().split('\n').sort()).toEqual([...names, 'model'].sort());
    expect(sent).toEqual([`GET /api/v1/namespaces/${ground.namespace}/pods`]);
  });

  it(`answers ${SESSIONS} times is-running at once`, async () => {
    const answers = await Promise.all(names.map(name => ground.gc(['is-running', name])));
    expect(new Set(answers.map(({code, stdout, stderr}) => `${code} ${stdout}${stderr}`))).toEqual(
      new Set(['0 true\n']),
    );
  });
});
