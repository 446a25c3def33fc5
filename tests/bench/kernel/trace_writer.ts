/** Traces as plugin/trace.c writes them. */
import { KERNEL_BASE } from "../../../bench/kernel/symbols.ts";

/** Writes a trace, record by record. */
export class TraceWriter {
  readonly #words: number[] = [];
  #next = 0;
  readonly #numbers = new Map<number, number>();

  /** Begins an I/O of a workload. */
  begin(workload: number): void {
    this.#words.push((4 << 29 | 2) >>> 0, 0x5000 + workload * 16, 0);
  }

  /** Ends it. */
  end(workload: number): void {
    this.#words.push((4 << 29 | 3) >>> 0, 0x5000 + workload * 16, 0);
  }

  /** Ends the run. */
  finish(): void {
    this.#words.push((4 << 29 | 5) >>> 0, 0x5000, 0);
  }

  /** An executed instruction, defined when it comes first. */
  run(address: number, kind = 0): void {
    let number = this.#numbers.get(address);
    if (number === undefined) {
      this.#numbers.set(address, number = this.#next++);
      this.#words.push((1 << 29 | number) >>> 0, ...split(address), kind);
    }
    this.#words.push(number);
  }

  /** A load of 2^shift bytes. */
  load(address: number, shift = 3): void {
    this.#words.push((2 << 29 | shift) >>> 0, ...split(address));
  }

  /** A store of 2^shift bytes of an address or, below 0, of a number. */
  store(address: number, value: number, shift = 3): void {
    const words = value < 0 ? [-1 - value, 0] : split(value);
    this.#words.push((3 << 29 | shift) >>> 0, ...split(address), ...words);
  }

  /** The bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    const view = new DataView(new ArrayBuffer(this.#words.length * 4));
    this.#words.forEach((word, index) => view.setUint32(index * 4, word, true));
    return new Uint8Array(view.buffer);
  }
}

function split(address: number): [number, number] {
  const whole = BigInt(address) + KERNEL_BASE;
  return [Number(whole & 0xffff_ffffn), Number(whole >> 32n)];
}
