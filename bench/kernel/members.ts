/** Members of the kernel's structs, read in the guest's memory by its BTF. */
import type { GuestMemory } from "./guest_memory.ts";
import type { KernelTypes } from "./kernel_types.ts";
import { IMAGE_BASE, KERNEL_BASE, type Symbols } from "./symbols.ts";

const MOST_LINKS = 20_000;

export interface KernelData {
  readonly memory: GuestMemory;
  readonly symbols: Symbols;
  readonly types: KernelTypes;
}

export class Members {
  readonly #data: KernelData;

  constructor(data: KernelData) {
    this.#data = data;
  }

  address(
    at: number | undefined,
    type: string,
    path: string,
  ): number | undefined {
    const offset = this.#data.types.offsetOf(type, path);
    return at === undefined || offset === undefined ? undefined : at + offset;
  }

  /** Reads the pointer in the first of some members that the kernel has. */
  pointer(
    at: number | undefined,
    type: string,
    ...paths: string[]
  ): number | undefined {
    for (const path of paths) {
      const member = this.address(at, type, path);
      if (member !== undefined) return this.#data.memory.pointer(member);
    }
    return undefined;
  }

  /** Reads 32 bits; 0 if unknown. */
  word(at: number | undefined, type: string, path: string): number {
    const member = this.address(at, type, path);
    return member === undefined ? 0 : this.#data.memory.word(member, 4) ?? 0;
  }

  *list(
    head: number | undefined,
    type: string,
    path: string,
  ): Generator<number> {
    const offset = this.#data.types.offsetOf(type, path);
    if (head === undefined || offset === undefined) return;
    let at = this.#data.memory.pointer(head);
    for (let step = 0; step < MOST_LINKS; step++) {
      if (at === undefined || at === head) return;
      yield at - offset;
      at = this.#data.memory.pointer(at);
    }
  }

  /** Gives where the per-CPU object of CPU 0 lies that a member leads to. */
  perCpu(
    at: number | undefined,
    type: string,
    path: string,
  ): number | undefined {
    const member = this.address(at, type, path);
    if (member === undefined) return undefined;
    return this.#ofCpu0(this.#wide(member) & ~3n);
  }

  /** Gives where a per-CPU variable of CPU 0 lies. */
  perCpuVariable(name: string): number | undefined {
    const at = this.#data.symbols.find(name);
    if (at === undefined) return undefined;
    // Symbols of old kernels count from 0, those of new ones lie in the image.
    return this.#ofCpu0(BigInt(at) + (at >= IMAGE_BASE ? KERNEL_BASE : 0n));
  }

  #ofCpu0(offset: bigint): number | undefined {
    const base = this.#data.symbols.find("__per_cpu_offset");
    if (base === undefined) return undefined;
    const sum = BigInt.asUintN(64, offset + this.#wide(base));
    return sum < KERNEL_BASE ? undefined : Number(sum - KERNEL_BASE);
  }

  #wide(address: number): bigint {
    const { memory } = this.#data;
    return BigInt(memory.word(address, 4) ?? 0) |
      BigInt(memory.word(address + 4, 4) ?? 0) << 32n;
  }
}
