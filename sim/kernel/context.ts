/**
 * What every stage of the kernel is made from: its memory, the layout under
 * test over that memory, its structures, its struct pages and its rules.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { keptCodec } from "./kept_codec.ts";
import { PageArray } from "./page_array.ts";
import type { OwnKernel } from "./own_kernel.ts";
import { type KernelStructs, kernelStructs } from "./path_structs.ts";
import { type PathProfile, pathProfile } from "./profile.ts";

/** What every stage is made from. */
export interface KernelContext {
  readonly memory: KernelMemory;
  /** The layout under test, over the same memory. */
  readonly codec: SegmentCodec;
  readonly structs: KernelStructs;
  readonly pages: PageArray;
  readonly profile: PathProfile;
}

export interface KernelContextOptions {
  readonly layout: Layout;
  readonly abi: Abi;
  /** Kernel version whose structures and rules are used. */
  readonly kernel: string;
  /** Structures of the user's own kernel, before those of that version. */
  readonly ownKernel?: OwnKernel | undefined;
  /** The machine's memory, which has struct pages. */
  readonly map: MemoryMap;
  /** Whether struct pages are zero until they are made; default: false. */
  readonly sparsePages?: boolean | undefined;
}

/**
 * Makes the context of a kernel; its struct pages are the first that is
 * reserved in the memory.
 *
 * @param memory Kernel memory, which nothing was reserved in yet.
 * @throws {RangeError} If the layout does not exist on the ABI, or the memory
 *   is too small for the struct pages.
 */
export function createKernelContext(
  memory: KernelMemory,
  options: KernelContextOptions,
): KernelContext {
  const { layout, abi, kernel, map } = options;
  const structs = kernelStructs(kernel, abi, options.ownKernel);
  return {
    memory,
    codec: memory.isKept
      ? keptCodec(layout, abi, memory.view)
      : makeCodec(layout, abi, memory.view),
    structs,
    pages: new PageArray(memory, map, structs, options.sparsePages),
    profile: pathProfile(kernel),
  };
}
