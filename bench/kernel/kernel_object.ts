/** Structs of the kernel, read in the guest's memory by its BTF. */
import type { GuestMemory } from "./guest_memory.ts";
import type { KernelTypes } from "./kernel_types.ts";
import { IMAGE_BASE, KERNEL_BASE, type Symbols } from "./symbols.ts";

const MOST_LINKS = 20_000;

export interface KernelData {
  readonly memory: GuestMemory;
  readonly symbols: Symbols;
  readonly types: KernelTypes;
}

/** A struct that may not be there: then nothing that it leads to is. */
export class KernelObject {
  readonly #data: KernelData;
  readonly type: string;
  /** Where it is. */
  readonly at: number | undefined;

  constructor(data: KernelData, type: string, at: number | undefined) {
    this.#data = data;
    this.type = type;
    this.at = at;
  }

  get sizeBytes(): number | undefined {
    return this.#data.types.sizeOf(this.type);
  }

  /** Where a member is. */
  address(path: string): number | undefined {
    const offset = this.#data.types.offsetOf(this.type, path);
    return this.at === undefined || offset === undefined
      ? undefined
      : this.at + offset;
  }

  /** What a member points to. */
  pointer(path: string): number | undefined {
    const member = this.address(path);
    return member === undefined ? undefined : this.#data.memory.pointer(member);
  }

  /** The struct that a member points to. */
  to(path: string, type: string): KernelObject {
    return new KernelObject(this.#data, type, this.pointer(path));
  }

  /** Reads 32 bits; 0 if unknown. */
  word(path: string): number {
    const member = this.address(path);
    return member === undefined ? 0 : this.#data.memory.word(member, 4) ?? 0;
  }

  /** Where CPU 0 has what a per-CPU member leads to. */
  perCpu(path: string): number | undefined {
    const member = this.address(path);
    return member === undefined
      ? undefined
      : ofCpu0(this.#data, wide(this.#data, member) & ~3n);
  }

  /** The struct of CPU 0 that a per-CPU member leads to. */
  toPerCpu(path: string, type: string): KernelObject {
    return new KernelObject(this.#data, type, this.perCpu(path));
  }
}

/** Returns the structs of a list. */
export function* listed(
  data: KernelData,
  type: string,
  { head, link }: { readonly head: number | undefined; readonly link: string },
): Generator<KernelObject> {
  const offset = data.types.offsetOf(type, link);
  if (head === undefined || offset === undefined) return;
  let at = data.memory.pointer(head);
  for (let step = 0; step < MOST_LINKS; step++) {
    if (at === undefined || at === head) return;
    yield new KernelObject(data, type, at - offset);
    at = data.memory.pointer(at);
  }
}

/** Returns where a per-CPU variable of CPU 0 is. */
export function perCpuVariable(
  data: KernelData,
  name: string,
): number | undefined {
  const at = data.symbols.find(name);
  if (at === undefined) return undefined;
  // Symbols of old kernels count from 0, those of new ones are in the image.
  return ofCpu0(data, BigInt(at) + (at >= IMAGE_BASE ? KERNEL_BASE : 0n));
}

function ofCpu0(data: KernelData, offset: bigint): number | undefined {
  const base = data.symbols.find("__per_cpu_offset");
  if (base === undefined) return undefined;
  const sum = BigInt.asUintN(64, offset + wide(data, base));
  return sum < KERNEL_BASE ? undefined : Number(sum - KERNEL_BASE);
}

function wide({ memory }: KernelData, address: number): bigint {
  return BigInt(memory.word(address, 4) ?? 0) |
    BigInt(memory.word(address + 4, 4) ?? 0) << 32n;
}
