/**
 * Zeroes that a bio's fields get at once are those that they get one by one: in
 * every kernel and ABI, and where a kernel of one's own has its fields apart.
 */
import { assertEquals } from "@std/assert";
import { type Abi, abis } from "../../../layouts/abi.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { BioPool } from "../../../sim/block/bio.ts";
import {
  type KernelStructs,
  kernelStructs,
} from "../../../sim/kernel/path_structs.ts";
import { kernelProfiles } from "../../../sim/kernel/profile.ts";
import { areEightBytes } from "../../../sim/memory/joined_fields.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

/** A view that is no DataView: each access is one of its own. */
function watched(view: DataView): DataView {
  return new Proxy(view, {
    get: (_view, name: keyof DataView & string) => {
      const access = view[name] as
        | ((...args: unknown[]) => unknown)
        | undefined;
      return access && ((...args: unknown[]) => access.apply(view, args));
    },
    getPrototypeOf: () => Object.prototype,
  });
}

/** The bytes of a bio that was made of memory in which nothing is 0. */
function madeBio(abi: Abi, structs: KernelStructs, isWatched: boolean) {
  const memory = new KernelMemory({
    abi,
    sizeBytes: 1 << 20,
    ...(isWatched && { wrap: watched }),
  });
  const codec = createCodec(findLayout("page_offset"), abi, memory.view);
  const bios = new BioPool(memory, codec, structs, { count: 1 });
  const at = memory.reserve("bio under test", 512);
  const bytes = memory.bytes().subarray(at, at + 512);
  bytes.fill(0xa5);
  bios.init(at, 0x801, at + 256, 4);
  return [...bytes];
}

/** The same structures, but for one field of struct bio that is elsewhere. */
function moved(structs: KernelStructs, name: string): KernelStructs {
  const { bio } = structs;
  const field = bio.fields[name];
  if (field === undefined) return structs;
  const elsewhere = { ...field, offsetBytes: bio.sizeBytes };
  return {
    ...structs,
    bio: {
      ...bio,
      sizeBytes: bio.sizeBytes + 8,
      fields: { ...bio.fields, [name]: elsewhere },
    },
  };
}

for (const kernel of kernelProfiles) {
  Deno.test(`a bio of ${kernel} has the same bytes by stores at once`, () => {
    for (const abi of abis) {
      const structs = kernelStructs(kernel, abi);
      for (const name of ["", "bi_status", "bi_ioprio", "bi_iter.bi_idx"]) {
        const own = moved(structs, name);
        assertEquals(
          madeBio(abi, own, false),
          madeBio(abi, own, true),
          `${abi.name}, ${name || "nothing"} moved`,
        );
      }
    }
  });
}

Deno.test("areEightBytes() wants fields that follow one another", () => {
  assertEquals(areEightBytes([[20, 2], [22, 2], [24, 4]]), true);
  assertEquals(areEightBytes([[52, 4], [48, 4]]), false);
  assertEquals(areEightBytes([[20, 2], [24, 2], [26, 4]]), false);
  assertEquals(areEightBytes([[20, 2], [-1, 2], [22, 4]]), false);
  assertEquals(areEightBytes([[-1, 4], [3, 4]]), false);
  assertEquals(areEightBytes([[20, 2], [22, 2]]), false);
  assertEquals(areEightBytes([]), false);
});
