/**
 * The structures that the path keeps in memory, of a kernel of the user's own:
 * from its BTF or from pahole's text, with a recorded kernel for those that it
 * lacks.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import { type KernelStructs, kernelStructs } from "./path_structs.ts";

/** Which tag each of the path's structures has. */
export const PATH_STRUCTS: Readonly<Record<keyof KernelStructs, string>> =
  Object.freeze({
    bio: "bio",
    request: "request",
    nvmeIod: "nvme_iod",
    page: "page",
    devPagemap: "dev_pagemap",
    queueLimits: "queue_limits",
    blkPlug: "blk_plug",
  });

/** Structures of the user's own kernel. */
export interface OwnStructs {
  /** The structures, as the path takes them. */
  readonly structs: KernelStructs;
  /** Tags of those that the kernel lacks, taken from a recorded one. */
  readonly recorded: readonly string[];
}

/**
 * Collects the structures of the user's own kernel.
 *
 * @param own Its structs by tag, of `structsOfBtf()` or `parsePaholeOffsets()`.
 * @param like Kernel version and ABI of the recorded kernel that what is
 * missing is taken from; drivers built as modules have BTF of their own.
 * @returns The structures, and which of them were recorded.
 * @throws {RangeError} If it has none of them.
 *
 * @example pahole's text of one struct
 * ```ts
 * import { findAbi } from "@bvec/lab/layouts";
 * import { ownKernelStructs } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const own = new Map([["blk_plug", { sizeBytes: 96, fields: {} }]]);
 * const { structs, recorded } = ownKernelStructs(own, {
 *   kernel: "7.2",
 *   abi: findAbi("lp64"),
 * });
 * assertEquals(structs.blkPlug.sizeBytes, 96);
 * assertEquals(recorded.length, 6);
 * ```
 */
export function ownKernelStructs(
  own: ReadonlyMap<string, ParsedStruct>,
  like: { readonly kernel: string; readonly abi: Abi },
): OwnStructs {
  const structs = { ...kernelStructs(like.kernel, like.abi) };
  const recorded: string[] = [];
  for (const [key, tag] of Object.entries(PATH_STRUCTS)) {
    const struct = own.get(tag);
    if (struct === undefined) recorded.push(tag);
    else structs[key as keyof KernelStructs] = struct;
  }
  const tags = Object.values(PATH_STRUCTS);
  if (recorded.length === tags.length) {
    throw new RangeError(
      `Cannot take the structures of a kernel: none of ${tags.join(", ")} is ` +
        `there, expected them from the BTF or pahole text of a vmlinux`,
    );
  }
  return { structs, recorded };
}
