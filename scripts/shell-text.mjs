/**
 * A shell script as it travels: without comment lines, blank lines and indentation, because it goes
 * through the request line of every exec. Scripts must not rely on any of these (here-documents do).
 */
export function shellText(source) {
  return source
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .join('\n');
}
