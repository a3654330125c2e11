const MAX_LABEL_LENGTH = 63;

/** How a text is represented as a label value. */
export interface LabelForm {
  readonly value: string;
  /**
   * True when every provider writes this text with this value, so that a selector finds all its events.
   * False when an invalid end was trimmed, or when the text is not ASCII.
   */
  readonly selectable: boolean;
}

/**
 * The same label value as the shell provider's: characters other than `[A-Za-z0-9._-]` become `_`, cut to
 * 63, `unknown` when absent. Only we also trim ends that the API server would refuse.
 */
export function labelForm(text: string): LabelForm {
  if (text === '') return {value: 'unknown', selectable: true};
  const cut = text.replace(/[^A-Za-z0-9._-]/gu, '_').slice(0, MAX_LABEL_LENGTH);
  const mended = trimInvalidEnds(cut);
  return {
    value: mended === '' ? 'unknown' : mended,
    selectable: mended === cut && !/[\u0080-\uffff]/.test(text),
  };
}

function trimInvalidEnds(label: string): string {
  return label.replace(/^[._-]+/, '').replace(/[._-]+$/, '');
}
