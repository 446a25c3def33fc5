/**
 * Puts the devices or files of a trace on the lab's one device, apart from
 * each other, so that two of them never look adjacent to the merge stage.
 */
import type { BatchBuilder } from "./batch.ts";

/** Room for each, 64 TiB. */
export const DEVICE_STRIDE_BYTES: number = 2 ** 46;

/** So many strides lie below 2^53, where offsets are still exact. */
const MOST_DEVICES = 128;

/** Where each device of a trace begins. */
export class DeviceSpace {
  readonly #what: "device" | "file";
  readonly #bases = new Map<string, number>();

  /**
   * Makes a space without devices.
   *
   * @param what What the trace calls them.
   */
  constructor(what: "device" | "file") {
    this.#what = what;
  }

  /**
   * Gives the first byte of a device; the first one begins at 0.
   *
   * @param name Name of the device in the trace.
   * @param rows Where a warning goes if there is more than one.
   * @returns Its first byte, or -1 if there are more than 128.
   */
  baseBytes(name: string, rows: BatchBuilder): number {
    const known = this.#bases.get(name);
    if (known !== undefined) return known;
    const index = this.#bases.size;
    if (index === MOST_DEVICES) return -1;
    if (index === 1) {
      rows.warn({
        code: `several-${this.#what}s`,
        message: `the trace holds I/O of more than one ${this.#what}`,
        hint: `each further ${this.#what} begins 64 TiB higher on the one ` +
          `device of the lab; filter the trace if one is enough`,
      });
    }
    const base = index * DEVICE_STRIDE_BYTES;
    this.#bases.set(name, base);
    return base;
  }
}
