const LONGEST_LABEL = 63;

/** The form under which a text stands in a label. */
export interface LabelForm {
  readonly value: string;
  /**
   * True when every provider gives this text this form, so that a selector finds all its events.
   * Not so where an invalid end was mended, and where bytes and characters differ.
   */
  readonly selectable: boolean;
}

/**
 * The label form the shell provider uses too: characters other than `[A-Za-z0-9._-]` as `_`, cut
 * to 63, `unknown` when absent. An end that the API server refuses is cut off, here alone.
 */
export function labelForm(text: string): LabelForm {
  if (text === '') return {value: 'unknown', selectable: true};
  const cut = text.replace(/[^A-Za-z0-9._-]/gu, '_').slice(0, LONGEST_LABEL);
  const mended = trimInvalidEnds(cut);
  return {
    value: mended === '' ? 'unknown' : mended,
    selectable: mended === cut && !/[\u0080-\uffff]/.test(text),
  };
}

function trimInvalidEnds(label: string): string {
  return label.replace(/^[._-]+/, '').replace(/[._-]+$/, '');
}
