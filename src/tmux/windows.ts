/** What windows.sh sends for one line on its stdin. */
const WINDOW_BYTES = 4 * 2 ** 20;

/**
 * Paces a script that sends by windows.sh: its stdin is a line for each window that it may send, one ahead,
 * the next when one was taken. So at most 8 MiB wait here for a slow reader, while the connection is read
 * all the while: an exec server whose client does not read has truncated output.
 */
export class FlowControl {
  #takenBytes = 0;
  #isOver = false;
  #failure: {error: unknown} | undefined;
  #changed: () => void = () => undefined;

  /** So many more bytes need no room any more. */
  taken(bytes: number): void {
    this.#takenBytes += bytes;
    this.#changed();
  }

  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** Ends the exec with this failure. */
  fail(error: unknown): void {
    this.#failure ??= {error};
    this.#changed();
  }

  async *lines(): AsyncGenerator<Buffer> {
    for (let windows = 0; ; windows++) {
      while (this.#takenBytes < windows * WINDOW_BYTES || this.#failure) {
        if (this.#failure) throw this.#failure.error;
        if (this.#isOver) return;
        await new Promise<void>(resolve => (this.#changed = resolve));
      }
      yield Buffer.from('more\n');
    }
  }
}
