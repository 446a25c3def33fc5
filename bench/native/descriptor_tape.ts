/**
 * Every command of a window with its lists, word by word: written down from
 * the DataView path, then compared with what the path in C has built.
 */
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { CTRL_PAGE_BYTES, SGL_TYPE, SQE } from "../../sim/nvme/command.ts";
import { LIST_PAGE_BYTES } from "../../sim/nvme/descriptor_pool.ts";

/** A word that is not the same in both. */
export interface TapeDifference {
  readonly command: number;
  /** Byte in the command's 64 bytes and the list entries after them. */
  readonly byte: number;
  /** What the path in C has there. */
  readonly found: number;
  /** What the DataView path has there. */
  readonly expected: number;
}

/** The descriptors of one window at a time. */
export class DescriptorTape {
  #words = new Int32Array(1 << 16);
  /** Index of each command's first word. */
  #starts: number[] = [];
  #length = 0;
  #at = 0;
  #compared = 0;
  #difference: TapeDifference | undefined;

  restart(): void {
    this.#starts = [];
    this.#length = 0;
    this.#at = 0;
    this.#compared = 0;
    this.#difference = undefined;
  }

  /** Commands that were written down. */
  get commands(): number {
    return this.#starts.length;
  }

  /** Commands that were compared with those. */
  get compared(): number {
    return this.#compared;
  }

  /** The first word that differs, if any does. */
  get difference(): TapeDifference | undefined {
    return this.#difference;
  }

  /** Writes a command down. */
  write(memory: KernelMemory, entry: number, limits: QueueLimits): void {
    this.#starts.push(this.#length);
    eachDescriptorWord(memory, { entry, limits }, (word) => {
      if (this.#length === this.#words.length) {
        const larger = new Int32Array(this.#words.length * 2);
        larger.set(this.#words);
        this.#words = larger;
      }
      this.#words[this.#length++] = word;
    });
  }

  /** Compares the next command with the one that was written down. */
  compare(memory: KernelMemory, entry: number, limits: QueueLimits): void {
    const command = this.#compared++;
    const start = this.#starts[command];
    if (start === undefined || this.#difference !== undefined) return;
    eachDescriptorWord(memory, { entry, limits }, (word) => {
      const expected = this.#words[this.#at] as number;
      if (word !== expected && this.#difference === undefined) {
        const byte = (this.#at - start) * 4;
        this.#difference = { command, byte, found: word, expected };
      }
      this.#at++;
    });
  }
}

/**
 * Visits the 16 words of a command, then those of its lists, as a little-endian
 * machine has them.
 */
export function eachDescriptorWord(
  memory: KernelMemory,
  from: { readonly entry: number; readonly limits: QueueLimits },
  visit: (word: number) => void,
): void {
  const { view, getLe32 } = memory;
  const { entry, limits } = from;
  for (let at = 0; at < SQE.sizeBytes; at += 4) visit(getLe32(entry + at));
  if (view.getUint8(entry + SQE.flags) >>> 6 !== 0) {
    if (view.getUint8(entry + SQE.prp1 + 15) !== SGL_TYPE.last) return;
    const list = getLe32(entry + SQE.prp1);
    const bytes = getLe32(entry + SQE.prp1 + 8) >>> 0;
    for (let at = list; at < list + bytes; at += 4) visit(getLe32(at));
    return;
  }
  const blocks = view.getUint16(entry + SQE.length, true) + 1;
  const first = CTRL_PAGE_BYTES -
    (getLe32(entry + SQE.prp1) & (CTRL_PAGE_BYTES - 1));
  const rest = blocks * limits.logicalBlockBytes - first;
  if (rest <= CTRL_PAGE_BYTES) return;
  let at = getLe32(entry + SQE.prp2);
  let pages = Math.ceil(rest / CTRL_PAGE_BYTES);
  for (let slot = 1; pages > 0; slot++) {
    const word = getLe32(at);
    visit(word);
    visit(getLe32(at + 4));
    // The last slot of a full page links to the next one.
    if (slot === LIST_PAGE_BYTES / 8 && pages > 1) {
      at = word;
      slot = 0;
    } else {
      at += 8;
      pages--;
    }
  }
}
