/** The pages of a recording, numbered so that neighbours stay neighbours. */
import { PAGE_BYTES } from "../../layouts/abi.ts";
import type { RecordedIo } from "./recorded_placement.ts";

/** Most pages of its own: 16 GiB. */
const MOST_PAGES = 1 << 22;

/**
 * Numbers the pages of a recording from 0: neighbours stay neighbours, others
 * get a gap of a page, so that none becomes one.
 */
export class PageNumbers {
  /** Pages and gaps. */
  readonly pages: number;
  readonly #numbers = new Map<number, number>();

  /**
   * Numbers them.
   *
   * @param isP2p Whether the pages of P2P memory are numbered, or those of the host.
   * @param name What messages call the recording.
   * @throws {RangeError} If there are too many.
   */
  constructor(ios: readonly RecordedIo[], isP2p: boolean, name: string) {
    const pages = new Set<number>();
    for (const { runs } of ios) {
      for (const run of runs) {
        if (run.isP2p !== isP2p) continue;
        const last = Math.floor((run.at + run.bytes - 1) / PAGE_BYTES);
        for (let page = Math.floor(run.at / PAGE_BYTES); page <= last; page++) {
          pages.add(page);
        }
        if (pages.size > MOST_PAGES) {
          throw new RangeError(
            `Cannot place buffers as in ${name}: found more than ` +
              `${MOST_PAGES} pages, expected fewer; --ios or a shorter recording`,
          );
        }
      }
    }
    let number = -1;
    let before = NaN;
    for (const page of [...pages].sort((a, b) => a - b)) {
      number += page === before + 1 || number < 0 ? 1 : 2;
      before = page;
      this.#numbers.set(page, number);
    }
    this.pages = number + 1;
  }

  /** Returns the place of an address in the pool, in bytes. */
  place(at: number): number {
    const page = Math.floor(at / PAGE_BYTES);
    const number = this.#numbers.get(page) ?? 0;
    return number * PAGE_BYTES + (at - page * PAGE_BYTES);
  }
}
