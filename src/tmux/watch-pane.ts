import {succeedInSession} from './in-session.ts';
import type {SessionPlace} from './session-place.ts';
import watchScript from './scripts/watch.sh';

/** ASCII's record separator, a control character that no screen shows. */
const SEPARATOR = '\u001e';

/** gc reads lines with a limit of 64 KiB. */
const LINE_LIMIT = 63 * 1024;

/**
 * Prints the visible screen as a line `{"content":"…"}`, at once and then at each change, until the session
 * ends. A screen that does not fit into a line loses its beginning.
 */
export async function watchPane(
  place: SessionPlace,
  print: (line: string) => Promise<void>,
): Promise<void> {
  let text = '';
  let printed = Promise.resolve();
  const onStdout = (piece: Buffer) => {
    text += piece.toString('latin1');
    const records = text.split(`\n${SEPARATOR}\n`);
    text = records.pop() ?? '';
    for (const record of records) {
      const line = lineOf(Buffer.from(record, 'latin1').toString());
      printed = printed.then(() => print(line));
    }
  };
  await succeedInSession(place, {
    text: watchScript,
    args: [SEPARATOR],
    openStdin: Buffer.alloc(0),
    onStdout,
    // Another connection begins with the whole screen: what the last one left half told is dropped.
    onAccepted: () => (text = ''),
    again: 'safe',
  });
  await printed;
}

function lineOf(screen: string): string {
  const content = screen.replace(/\n+$/, '');
  for (let begin = 0; ; begin += Math.max(1, Math.ceil((content.length - begin) / 8))) {
    const line = `${JSON.stringify({content: content.slice(begin)})}\n`;
    if (Buffer.byteLength(line) <= LINE_LIMIT) return line;
  }
}
