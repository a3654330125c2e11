/** The terminal's width in columns; Infinity without a terminal, or when its size is unknown (`script`, some CI). */
export function widthOf({isTTY, columns}: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : Infinity;
}
