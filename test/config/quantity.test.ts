import {describe, expect, it} from 'vitest';
import {quantity} from '../../src/config/quantity.ts';
import {SettingsError} from '../../src/errors.ts';
import {failureOf} from '../kit/failing.ts';

describe('quantity', () => {
  it.each([
    ['500m', 0.5],
    ['2', 2],
    ['0', 0],
    ['+1', 1],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['.5', 0.5],
    ['1.', 1],
    ['100n', 1e-7],
    ['3u', 3e-6],
    ['1k', 1000],
    ['2M', 2e6],
    ['1G', 1e9],
    ['1T', 1e12],
    ['1P', 1e15],
    ['1E', 1e18],
    ['1Ki', 1024],
    ['1Mi', 2 ** 20],
    ['1Ti', 2 ** 40],
    ['1Pi', 2 ** 50],
    ['1Ei', 2 ** 60],
    ['1e3', 1000],
    ['1E3', 1000],
    ['12e-1', 1.2],
    ['5e+2', 500],
  ])('reads %s as Kubernetes does', (text, value) => {
    const {text: kept, value: read} = quantity(text, 'GC_K8S_CPU_LIMIT');
    expect(kept).toBe(text);
    expect(read).toBeCloseTo(value, 9);
  });

  it.each([
    'lots',
    '',
    ' 1',
    '1 Gi',
    '1gi',
    '1K',
    '1Bi',
    '-1',
    '1.2.3',
    '.',
    '1e',
    '1m5',
    '１',
    '1\n',
  ])('refuses %j, naming variable and value', text => {
    const message = failureOf(SettingsError, () => quantity(text, 'GC_K8S_MEM_LIMIT'));
    expect(message).toContain(`GC_K8S_MEM_LIMIT=${text}`);
  });
});
