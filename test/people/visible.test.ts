import pico from 'picocolors';
import {describe, expect, it} from 'vitest';
import {describeFailure, describeWarning} from '../../src/cli/failure.ts';
import {UsageError} from '../../src/errors.ts';
import {agentView} from '../../src/people/status/agent-view.ts';
import {asTable} from '../../src/people/status/rows.ts';
import {table} from '../../src/people/table.ts';
import {NOW_MS, PODS} from './status/pods.ts';

/** Sets the window's title, clears the screen, begins a new line, and turns what follows around. */
const EVIL = '\u001b]0;gotcha\u0007\u001b[2J\u009b1m\r\u202e';
const SHOWN = '^[]0;gotcha^G^[[2J\\u009b1m^M\\u202e';

describe('what the cluster sends to a terminal', () => {
  it('is shown in a table, and does nothing', () => {
    const {red} = pico.createColors(true);
    const drawn = table(['A', 'B'], [[`a${EVIL}`, {text: `b${EVIL}`, paint: red}]]);
    expect(drawn).toContain(`a${SHOWN}   ${red(`b${SHOWN}`)}\n`);
    expect(drawn.trimEnd().split('\n')).toHaveLength(2);
  });

  it('is shown in status, whoever chose the names', () => {
    const [pod] = PODS;
    if (!pod) throw new Error('there are pods');
    const annotations = {...pod.metadata.annotations, 'gc-session-name': `x${EVIL}`};
    const view = agentView({...pod, metadata: {...pod.metadata, annotations}}, NOW_MS);
    const look = {paint: pico.createColors(false), width: 100, isWide: false};
    expect(asTable([view], NOW_MS, look)).toContain(`x${SHOWN}`);
  });

  it('is shown in errors and warnings', () => {
    const {line} = describeFailure(new UsageError(`no ${EVIL}end`), {name: 'op'});
    expect(line).toBe('op: no ^[]0;gotcha^G^[[2J\\u009b1m; \\u202eend');
    expect(describeWarning('a\u001b[31mb')).toBe('warning: a^[[31mb');
  });
});
