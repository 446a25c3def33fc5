/**
 * What an address is that belongs to no object of the disk: a CPU's own data,
 * a struct page, a slab object by its cache's name, a global by its symbol.
 */
import { type KernelData, listed, perCpuVariable } from "./kernel_object.ts";
import type { Place } from "./places.ts";
import { IMAGE_BASE, kernelAddress } from "./symbols.ts";

const PAGE_BYTES = 4096;
const IRQ_STACK_BYTES = 16 << 10;
const ENTRY_AREA = kernelAddress(0, 0xffff_fe00);
const ENTRY_AREA_END = kernelAddress(0, 0xffff_fe80);

/** Structs of slab caches by the cache's name, and what a report calls them. */
const CACHE_TYPES: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["filp", ["file", "file"]],
  ["files_cache", ["files_struct", "files_struct"]],
  ["dentry", ["dentry", "dentry"]],
  ["kmem_cache", ["kmem_cache", "kmem_cache"]],
  ["cred_jar", ["cred", "cred"]],
  ["io_kiocb", ["slab io_kiocb", "io_kiocb"]],
  ["bdev_cache", ["block_device(+bdev_inode)", "bdev_inode"]],
  ["mm_struct", ["mm_struct", "mm_struct"]],
  [
    "shmem_inode_cache",
    ["inode (of the device node / file)", "shmem_inode_info"],
  ],
  ["inode_cache", ["inode (of the device node / file)", "inode"]],
]);

export class MemoryNames {
  readonly #data: KernelData;
  readonly #vmemmap: number;
  readonly #direct: number;
  readonly #directEnd: number;
  readonly #pageBytes: number;
  readonly #perCpu: number | undefined;
  readonly #perCpuEnd: number;
  readonly #perCpuStart: number;
  readonly #dynamicEnd: number;
  readonly #irqStack: number;
  readonly #caches = new Map<number, { name: string; sizeBytes: number }>();
  readonly #slabs = new Map<number, { base: number; cache: number } | null>();

  /** Looks up where the kernel has its areas. */
  constructor(data: KernelData, ramBytes: number) {
    const { symbols, memory, types } = data;
    this.#data = data;
    const area = (name: string, otherwise: number) => {
      const at = symbols.find(name);
      return (at === undefined ? undefined : memory.pointer(at)) ?? otherwise;
    };
    this.#vmemmap = area("vmemmap_base", kernelAddress(0, 0xffff_ea00));
    this.#direct = area("page_offset_base", kernelAddress(0, 0xffff_8880));
    this.#directEnd = this.#direct + ramBytes;
    this.#pageBytes = types.sizeOf("page") ?? 64;
    this.#perCpuStart = symbols.find("__per_cpu_start") ?? 0;
    this.#perCpu = perCpuVariable(data, "__per_cpu_start");
    this.#perCpuEnd = (this.#perCpu ?? 0) +
      ((symbols.find("__per_cpu_end") ?? 0) - this.#perCpuStart);
    const unit = symbols.find("pcpu_unit_size");
    this.#dynamicEnd = (this.#perCpu ?? 0) +
      (unit === undefined ? 0 : memory.word(unit, 4) ?? 0);
    const stack = perCpuVariable(data, "hardirq_stack_ptr") ??
      this.#inHot("hardirq_stack_ptr");
    this.#irqStack = stack === undefined ? -1 : memory.pointer(stack) ?? -1;
    const head = symbols.find("slab_caches");
    for (const cache of listed(data, "kmem_cache", { head, link: "list" })) {
      const name = cache.pointer("name");
      this.#caches.set(cache.at ?? 0, {
        name: name === undefined ? "?" : memory.text(name),
        sizeBytes: cache.word("size"),
      });
    }
  }

  /** Where the current task's pointer is kept. */
  get currentTask(): number | undefined {
    return perCpuVariable(this.#data, "current_task") ??
      this.#inHot("current_task");
  }

  #inHot(member: string): number | undefined {
    const offset = this.#data.types.offsetOf("pcpu_hot", member);
    const hot = perCpuVariable(this.#data, "pcpu_hot");
    return offset === undefined || hot === undefined ? undefined : hot + offset;
  }

  /**
   * Names an address.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @param frames Page frames of the workload's data.
   */
  place(address: number, frames: ReadonlySet<number>): Place {
    const whole = (name: string): Place => ({
      from: address,
      to: address + 1,
      name,
    });
    if (address >= this.#direct && address < this.#directEnd) {
      if (this.#perCpu !== undefined && address >= this.#perCpu) {
        if (address < this.#perCpuEnd) {
          const symbol = this.#data.symbols.perCpu(
            address - this.#perCpu,
          ) ?? this.#data.symbols.at(
            address - this.#perCpu + this.#perCpuStart,
          );
          return whole(`percpu ${symbol?.name ?? "?"}`);
        }
        if (address < this.#dynamicEnd) {
          return whole("percpu dynamic (unnamed)");
        }
      }
      return this.#slabObject(address) ?? whole("page memory (unnamed)");
    }
    const pages = address - this.#vmemmap;
    if (pages >= 0 && address < this.#vmemmap + 2 ** 40) {
      const frame = Math.floor(pages / this.#pageBytes);
      const from = this.#vmemmap + frame * this.#pageBytes;
      return {
        from,
        to: from + this.#pageBytes,
        name: frames.has(frame)
          ? "struct page (data)"
          : "struct page (slab/other memory)",
        type: "page",
      };
    }
    if (address >= IMAGE_BASE) {
      return whole(`global ${this.#data.symbols.at(address)?.name ?? "?"}`);
    }
    if (address >= ENTRY_AREA && address < ENTRY_AREA_END) {
      return whole("cpu entry area");
    }
    const inStack = address - (this.#irqStack + 8 - IRQ_STACK_BYTES);
    if (this.#irqStack >= 0 && inStack >= 0 && inStack < IRQ_STACK_BYTES) {
      return whole("stack hardirq");
    }
    return whole("vmalloc (unnamed)");
  }

  /**
   * Finds the slab object of an address.
   *
   * @param address Bytes above `KERNEL_BASE`, in the direct map.
   * @returns The object; `undefined` if its page is not a slab's.
   */
  slabBase(address: number): { readonly from: number; readonly to: number } {
    const { from, to } = this.#slabObject(address) ??
      { from: address, to: address };
    return { from, to };
  }

  #slabObject(address: number): Place | undefined {
    const frame = Math.floor((address - this.#direct) / PAGE_BYTES);
    const slab = this.#slabs.getOrInsertComputed(
      frame,
      () => this.#slabOf(frame) ?? null,
    );
    if (slab === null) return undefined;
    const cache = this.#caches.get(slab.cache);
    if (cache === undefined || cache.sizeBytes === 0) return undefined;
    const index = Math.floor((address - slab.base) / cache.sizeBytes);
    const from = slab.base + index * cache.sizeBytes;
    const named = CACHE_TYPES.get(cache.name);
    return {
      from,
      to: from + cache.sizeBytes,
      name: named?.[0] ?? `slab ${cache.name}`,
      type: named?.[1],
    };
  }

  #slabOf(frame: number): { base: number; cache: number } | undefined {
    const { memory, types } = this.#data;
    let page = this.#vmemmap + frame * this.#pageBytes;
    const headAt = types.offsetOf("page", "compound_head") ??
      types.offsetOf("page", "compound_info") ?? 8;
    const head = memory.pointer(page + headAt);
    if (head !== undefined && head % 2 === 1) page = head - 1;
    const cacheAt = types.offsetOf("slab", "slab_cache");
    if (cacheAt === undefined) return undefined;
    const cache = memory.pointer(page + cacheAt);
    if (cache === undefined || !this.#caches.has(cache)) return undefined;
    const headFrame = Math.floor((page - this.#vmemmap) / this.#pageBytes);
    return { base: this.#direct + headFrame * PAGE_BYTES, cache };
  }
}
