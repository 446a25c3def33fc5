/**
 * The plugin's trace (plugin/trace.c) read as a stream: one I/O at a time is
 * held, as plain arrays.
 */
import { concat } from "@std/bytes/concat";
import { kernelAddress } from "./symbols.ts";

/** What an instruction does to the flow (plugin/trace.c, class_of). */
export const INSTRUCTION = {
  other: 0,
  call: 1,
  return: 2,
  interruptReturn: 3,
  repeated: 4,
} as const;

/** Kinds of events of an I/O. */
export const EVENT = { instruction: 0, load: 1, store: 2 } as const;

/** Executed instructions and accesses of one I/O, in order. */
export class IoTrace {
  /** How many events. */
  count = 0;
  /** Kind of each, of `EVENT`. */
  kinds: Uint8Array = new Uint8Array(1 << 16);
  /** Address of the instruction or access, above `KERNEL_BASE`. */
  addresses: Float64Array = new Float64Array(1 << 16);
  /** Class of an instruction, or size of an access in bytes. */
  details: Uint8Array = new Uint8Array(1 << 16);
  /** What was stored; address above `KERNEL_BASE`, if it is one. */
  values: Float64Array = new Float64Array(1 << 16);

  /** Forgets all events. */
  clear(): void {
    this.count = 0;
  }

  /**
   * Adds an event.
   *
   * @param kind Of `EVENT`.
   * @param detail Class or size.
   * @param value What was stored.
   */
  push(kind: number, address: number, detail: number, value: number): void {
    if (this.count === this.kinds.length) this.#grow();
    const at = this.count++;
    this.kinds[at] = kind;
    this.addresses[at] = address;
    this.details[at] = detail;
    this.values[at] = value;
  }

  #grow(): void {
    const length = this.count * 2;
    const { kinds, addresses, details, values } = this;
    (this.kinds = new Uint8Array(length)).set(kinds);
    (this.addresses = new Float64Array(length)).set(addresses);
    (this.details = new Uint8Array(length)).set(details);
    (this.values = new Float64Array(length)).set(values);
  }
}

/** Words after the first one, by kind of record. */
const MORE_WORDS = [0, 3, 2, 4, 2];
const MARK_BEGIN = 2;
const MARK_END = 3;
const MARK_FINISH = 5;

/**
 * Reads a trace.
 *
 * @param onIo Called with each I/O and the mark's argument; the trace is used
 * again afterwards unless another one is returned.
 * @returns How many I/Os there were, and whether the guest came to its end.
 * @throws {SyntaxError} If the trace is none.
 */
export async function readIoTraces(
  chunks: AsyncIterable<Uint8Array>,
  onIo: (trace: IoTrace, argument: number) => IoTrace | void,
): Promise<{ readonly ios: number; readonly finished: boolean }> {
  let addresses = new Float64Array(1 << 16);
  let classes = new Uint8Array(1 << 16);
  let current = new IoTrace();
  let inside = false;
  let ios = 0;
  let finished = false;
  let words = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = concat([rest, chunk]);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (at + 4 <= bytes.length) {
      const word = view.getUint32(at, true);
      const kind = word >>> 29;
      const more = MORE_WORDS[kind];
      if (more === undefined) {
        throw new SyntaxError(
          `Cannot read the trace, word ${words}: a record of kind ${kind}, ` +
            `expected 0 to 4`,
        );
      }
      const next = at + 4 + more * 4;
      if (next > bytes.length) break;
      words += 1 + more;
      const low = word & 0x1fff_ffff;
      if (kind === 0) {
        if (inside) {
          current.push(0, addresses[low] ?? 0, classes[low] ?? 0, 0);
        }
      } else {
        const address = kernelAddress(
          view.getUint32(at + 4, true),
          view.getUint32(at + 8, true),
        );
        if (kind === 1) {
          if (low >= addresses.length) {
            const length = Math.max(low + 1, addresses.length * 2);
            const before = { addresses, classes };
            (addresses = new Float64Array(length)).set(before.addresses);
            (classes = new Uint8Array(length)).set(before.classes);
          }
          addresses[low] = address;
          classes[low] = view.getUint32(at + 12, true);
        } else if (kind === 4) {
          if (low === MARK_BEGIN) {
            inside = true;
            current.clear();
          } else if (low === MARK_END && inside) {
            inside = false;
            ios++;
            // A user's address: the low words are enough of it.
            current = onIo(current, view.getUint32(at + 4, true)) ?? current;
          } else if (low === MARK_FINISH) finished = true;
        } else if (inside) {
          const value = kind === 3
            ? kernelAddress(
              view.getUint32(at + 12, true),
              view.getUint32(at + 16, true),
            )
            : 0;
          current.push(kind - 1, address, 1 << (low & 15), value);
        }
      }
      at = next;
    }
    rest = bytes.slice(at);
  }
  return { ios, finished };
}
