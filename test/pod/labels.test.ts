import {expect, it} from 'vitest';
import {AGENT_SELECTOR, ANNOTATION, LABEL, SESSION_ANNOTATION} from '../../src/pod/labels.ts';

it('uses the words that Gas City’s other providers look for', () => {
  expect(AGENT_SELECTOR).toBe('app=gc-agent');
  expect(LABEL).toEqual({app: 'app', session: 'gc-session', agent: 'gc-agent'});
  expect(SESSION_ANNOTATION).toBe('gc-session-name');
});

it('gives our own annotations names that Kubernetes takes, each another', () => {
  const names = Object.values(ANNOTATION);
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,253}\/[a-z][a-z-]{0,61}[a-z]$/);
  expect(new Set(names).size).toBe(names.length);
});
