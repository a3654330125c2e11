/** The names in a list, one a line. Empty lines are left out: an empty pattern would match every process. */
export function processNames(text: string): string[] {
  return text
    .split('\n')
    .map(name => name.trim())
    .filter(name => name !== '');
}
