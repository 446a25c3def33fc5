/**
 * Formats of address traces: the registry, and how a trace's format is
 * recognised by its content.
 */
import { inputError, quoteInput } from "../text/input_error.ts";
import type { AddressTraceEntry } from "./address_text.ts";
import { binary } from "./binary_trace.ts";
import { din } from "./din.ts";
import { lackey } from "./lackey.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Formats of address traces by name. */
export type AddressTraceFormat = "lackey" | "din" | "binary";

/** A new format is one entry here. */
export const ADDRESS_FORMATS: Readonly<
  Record<AddressTraceFormat, AddressTraceEntry>
> = {
  lackey,
  din,
  binary,
};

/** The formats with their samples, for the tests of their detection. */
export const ADDRESS_TRACE_ENTRIES: readonly AddressTraceEntry[] = Object
  .values(ADDRESS_FORMATS);

/** Names of the formats. */
export const ADDRESS_TRACE_FORMATS: readonly AddressTraceFormat[] = Object.keys(
  ADDRESS_FORMATS,
) as AddressTraceFormat[];

/** Makes the error of a trace without a reference. */
export function emptyTrace(name: string): SyntaxError {
  return inputError({
    kind: "trace",
    name,
    where: "line 1, column 1",
    found: "no reference",
    expected: `a trace in one of ${ADDRESS_TRACE_FORMATS.join(", ")}`,
  });
}

/**
 * Lists the formats that a trace has by its first bytes.
 *
 * @param head The first 4 KiB, or less if the trace is shorter.
 * @returns Their names; one for any trace of a known format.
 */
export function addressTraceFormats(head: Uint8Array): AddressTraceFormat[] {
  const { line } = firstReference(head);
  return ADDRESS_TRACE_FORMATS.filter((name) => {
    const { signature, isReference, isMessage } = ADDRESS_FORMATS[name];
    if (signature !== undefined) {
      return signature.every((byte, index) => head[index] === byte);
    }
    // Nothing but messages: lackey's, if anybody's.
    return line === undefined
      ? isMessage("==1== a message")
      : isReference(line.text);
  });
}

/**
 * Tells the format of a trace by its first bytes.
 *
 * @param head The first 4 KiB, or less if the trace is shorter.
 * @throws {SyntaxError} If it is of no known format.
 */
export function detectAddressFormat(
  name: string,
  head: Uint8Array,
): AddressTraceFormat {
  const [found] = addressTraceFormats(head);
  if (found !== undefined) return found;
  const { line, number } = firstReference(head);
  throw inputError({
    kind: "trace",
    name,
    where: `line ${number}, column 1`,
    found: quoteInput(head, {
      start: line?.start ?? 0,
      end: line?.end ?? head.length,
    }),
    expected: `one of ${ADDRESS_TRACE_FORMATS.join(", ")}`,
  });
}

/** The first line of a head that no format takes for a message. */
function firstReference(head: Uint8Array): {
  line?: { text: string; start: number; end: number };
  number: number;
} {
  let start = 0;
  let number = 1;
  while (start < head.length) {
    const feed = head.indexOf(LINE_FEED, start);
    let end = feed < 0 ? head.length : feed;
    if (end > start && head[end - 1] === CARRIAGE_RETURN) end--;
    const text = String.fromCharCode(...head.subarray(start, end));
    if (!ADDRESS_TRACE_ENTRIES.some(({ isMessage }) => isMessage(text))) {
      return { line: { text, start, end }, number };
    }
    start = feed < 0 ? head.length : feed + 1;
    number++;
  }
  return { number };
}
