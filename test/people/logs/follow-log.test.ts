import {once} from 'node:events';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, it, onTestFinished} from 'vitest';
import {ApiClient} from '../../../src/kube/api-client.ts';
import {HttpClient} from '../../../src/kube/http-client.ts';
import {podLog} from '../../../src/kube/pod-log.ts';
import {followLog} from '../../../src/people/logs/follow-log.ts';
import {Deadline} from '../../../src/time/deadline.ts';

type Answer = (response: ServerResponse) => void;

/** An API server that answers log requests one after the other, and what it was asked. */
async function logServer(answers: readonly Answer[]) {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const {searchParams} = new URL(request.url ?? '', 'http://x');
    asked.push(searchParams);
    answers[asked.length - 1]?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const credentials = {current: () => Promise.resolve({}), renew: () => false};
  const http = new HttpClient(
    {
      ...{server: new URL(`http://127.0.0.1:${port}`), contextName: 'test'},
      ...{ca: undefined, tlsServerName: undefined, insecureSkipTlsVerify: false, proxy: undefined},
      credentials,
    },
    'test',
  );
  onTestFinished(() => {
    http.close();
    server.closeAllConnections();
    server.close();
  });
  const client = new ApiClient(http, new Deadline(30_000));
  return {asked, api: {client, namespace: 'gc', close: () => http.close()}};
}

const line = (second: number, fraction: string, text: string) =>
  `2026-01-01T00:00:0${second}.${fraction}Z ${text}\n`;

const QUERY = {pod: 'mayor', container: 'agent', follow: true, tailLines: 5};

async function texts(lines: AsyncIterable<{text: string}>): Promise<string[]> {
  const all: string[] = [];
  for await (const {text} of lines) all.push(text);
  return all;
}

it('reads a log once over a cut and over rotation, and ends when the run is over', async () => {
  const {api, asked} = await logServer([
    response => {
      response.write(line(1, '5', 'one') + line(2, '25', 'two'));
      response.write(line(2, '3', 'three').slice(0, 12), () => response.destroy());
    },
    response => response.end(line(2, '25', 'two') + line(2, '3', 'three')),
    response => response.end(line(2, '300000001', 'four') + line(3, '0', 'five')),
  ]);
  let ends = 0;
  const lines = followLog(api, QUERY, () => Promise.resolve(++ends === 2));
  expect(await texts(lines)).toEqual(['one', 'two', 'three', 'four', 'five']);
  expect(asked.map(query => [query.get('tailLines'), query.get('sinceTime')])).toEqual([
    ['5', null],
    [null, '2026-01-01T00:00:02.25Z'],
    [null, '2026-01-01T00:00:02.3Z'],
  ]);
});

it('gives up on what waiting cannot heal, with the server’s words', async () => {
  const {api} = await logServer([
    response => {
      response.writeHead(400);
      response.end(JSON.stringify({message: 'container "agent" is waiting to start: x'}));
    },
  ]);
  await expect(texts(followLog(api, QUERY, () => Promise.resolve(true)))).rejects.toThrow(
    /^get pods\/log "mayor" in namespace "gc": container "agent" is waiting to start: x$/,
  );
});

it('passes on the kubelet’s own words, and a last line without its end', async () => {
  const {api} = await logServer([
    response => response.end(`failed to open the log\n${line(1, '0', 'an end').trimEnd()}`),
  ]);
  expect(await texts(podLog(api, QUERY))).toEqual(['failed to open the log', 'an end']);
});
