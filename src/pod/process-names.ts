/** The names of a list, one a line, of which a process must match one: none is empty, which would match all. */
export function processNames(text: string): string[] {
  return text
    .split('\n')
    .map(name => name.trim())
    .filter(name => name !== '');
}
