/** Control characters, and those that change the direction of the following text. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes control characters visible, so that a terminal does not act on them: `^[` for an escape, `\u009b`
 * and the like for those without such a name. Agents choose names and messages that operators look at.
 */
export function visible(text: string): string {
  return text.replaceAll(CONTROLS, character => {
    const code = character.charCodeAt(0);
    if (code < 32) return `^${String.fromCharCode(code + 64)}`;
    return code === 127 ? '^?' : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
