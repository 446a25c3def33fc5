/**
 * The lines on BARs that `lspci -v` prints of a function (show_bases() of its
 * lspci.c and ls-tree.c).
 */

/** A line on a BAR. */
export interface LspciRegion {
  /** Its number; for `lspci -v`, which gives none, by the order of lines. */
  readonly index: number;
  /** The memory; undefined for I/O ports. */
  readonly bar?: LspciBar;
}

/** A memory BAR as lspci shows it. */
export interface LspciBar {
  readonly index: number;
  /** Its address as the CPU sees it; undefined if it has none. */
  readonly startPhys: bigint | undefined;
  /** Its size in bytes; undefined if not given. */
  readonly sizeBytes: number | undefined;
  readonly is64Bit: boolean;
  readonly prefetchable: boolean;
  /** Whether it decodes nothing. */
  readonly disabled: boolean;
}

const SHIFT: Readonly<Record<string, number>> = { K: 10, M: 20, G: 30, T: 40 };

const START =
  /^(?:Region (\d): )?(?:\[(?:virtual|enhanced)\] )?(?=Memory at|I\/O ports at)/;
const MEMORY =
  /^Memory at ([0-9a-f]{1,16}|<[\w-]+>) \(([^,()]+), (non-)?prefetchable\)( \[disabled\])?(?: \[size=(\d{1,15})([KMGT])?\])?$/;

/**
 * Returns whether a text is a line on a BAR.
 *
 * @param text The text, without what is before it.
 */
export function isRegion(text: string): boolean {
  return START.test(text);
}

/**
 * Reads a line on a BAR.
 *
 * @param text The text, without what is before it.
 * @param next The number of a BAR whose line has none.
 * @returns The BAR; undefined if the line is of another form.
 */
export function readRegion(
  text: string,
  next: number,
): LspciRegion | undefined {
  const start = START.exec(text);
  if (start === null) return undefined;
  const rest = text.slice(start[0].length);
  const index = start[1] === undefined ? next : Number(start[1]);
  if (rest.startsWith("I/O")) return { index };
  const match = MEMORY.exec(rest);
  if (match === null) return undefined;
  const [, address = "", width, non, disabled, size, unit = ""] = match;
  const bar = {
    index,
    startPhys: address.startsWith("<") ? undefined : BigInt(`0x${address}`),
    sizeBytes: size === undefined
      ? undefined
      : Number(size) * 2 ** (SHIFT[unit] ?? 0),
    is64Bit: width === "64-bit",
    prefetchable: non === undefined,
    disabled: disabled !== undefined,
  };
  return { index, bar };
}
