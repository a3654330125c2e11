/**
 * Strips comment lines, blank lines and indentation from a shell script, because it is part of the request
 * line of every exec. Scripts must not rely on any of these (here-documents do).
 */
export function shellText(source) {
  return source
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .join('\n');
}
