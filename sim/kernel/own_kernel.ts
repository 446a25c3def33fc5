/**
 * The structures of a kernel of the user's own as plain data, which workers and
 * results take, and which recorded kernel is nearest to it.
 */
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import type { KernelStructs } from "./path_structs.ts";
import { PATH_STRUCTS } from "./path_tags.ts";
import { printStructs, readRecorded } from "./recorded_text.ts";
import { type KernelProfile, kernelProfiles } from "./profile.ts";
import { recordedStruct } from "./recorded_structs.ts";

/** Structures of a kernel of the user's own. */
export interface OwnKernel {
  /** Where they are from, such as the path of a vmlinux. */
  readonly name: string;
  /** Name of the ABI that it was built for. */
  readonly abi: string;
  /** Sizes and places, as `printStructs()` gives them. */
  readonly structs: readonly string[];
}

/** Larger than any of the path's structures in any kernel. */
const LARGEST_BYTES = 4096;

/**
 * Takes the structures that the path keeps in memory from a kernel's.
 *
 * @param own Structs by tag, of `structsOfBtf()` or `parsePaholeOffsets()`.
 * @param from What the kernel is called, and its ABI.
 * @returns Its structures, as far as it has them.
 * @throws {RangeError} If it has none of them, or one of them is not a struct
 * of a kernel: of no size, or with a member outside.
 *
 * @example pahole's text of one struct
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { ownKernel } from "./own_kernel.ts";
 * import { parsePaholeOffsets } from "./pahole_offsets.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "struct blk_plug {\n\tint nr_ios; /" + "*     0     4 *" +
 *   "/\n\t/" + "* size: 96, members: 1 *" + "/\n};\n";
 * const kernel = ownKernel(parsePaholeOffsets(text), {
 *   name: "mine.txt",
 *   abi: findAbi("lp64"),
 * });
 * assertEquals(kernel.structs, ["blk_plug 96", " nr_ios 0 4"]);
 * ```
 */
export function ownKernel(
  own: ReadonlyMap<string, ParsedStruct>,
  { name, abi }: { readonly name: string; readonly abi: Abi },
): OwnKernel {
  const found = new Map<string, ParsedStruct>();
  for (const tag of Object.values(PATH_STRUCTS)) {
    const struct = own.get(tag);
    if (struct === undefined) continue;
    requireSane(struct, { name, tag });
    found.set(tag, struct);
  }
  if (found.size === 0) throw noPathStructs(name);
  return { name, abi: abi.name, structs: printStructs(found) };
}

/** Makes the error of a kernel that has no structure of the path. */
export function noPathStructs(name: string): RangeError {
  const tags = Object.values(PATH_STRUCTS).join(", ");
  return new RangeError(
    `Cannot take the structures of ${name}: none of ${tags} is there, ` +
      "expected them from the BTF or pahole text of a vmlinux",
  );
}

/**
 * Returns the structures of a kernel of the user's own by their keys.
 *
 * @param abi The ABI that they are wanted for.
 * @throws {RangeError} If it was built for another ABI.
 */
export function ownStructsOf(
  kernel: OwnKernel,
  abi: Abi,
): Partial<KernelStructs> {
  if (kernel.abi !== abi.name) {
    throw new RangeError(
      `Cannot use the structures of ${kernel.name} on ABI ${abi.name}: found ` +
        `a kernel built for ${kernel.abi}, expected that ABI`,
    );
  }
  const structs = readRecorded(kernel.structs);
  return Object.fromEntries(
    Object.entries(PATH_STRUCTS).flatMap(([key, tag]) => {
      const struct = structs.get(tag);
      return struct === undefined ? [] : [[key, struct]];
    }),
  );
}

/**
 * Returns a structure by its tag: that of the user's own kernel, if it has one.
 *
 * @param tag The tag, such as `nvme_queue`.
 * @throws {RangeError} If there is no such structure, or the user's own kernel
 *   was built for another ABI.
 */
export function structOfTag(
  tag: string,
  of: {
    readonly kernel: string;
    readonly abi: Abi;
    readonly ownKernel?: OwnKernel | undefined;
  },
): ParsedStruct {
  const { kernel, abi, ownKernel } = of;
  const own = ownKernel === undefined ? {} : ownStructsOf(ownKernel, abi);
  const key = Object.entries(PATH_STRUCTS).find(([, known]) => known === tag);
  return own[key?.[0] as keyof KernelStructs] ??
    recordedStruct(kernel, abi, tag);
}

/**
 * Names the structures of the path that a kernel lacks, as that of a module.
 */
export function missingStructs(kernel: OwnKernel): string[] {
  const structs = readRecorded(kernel.structs);
  return Object.values(PATH_STRUCTS).filter((tag) => !structs.has(tag));
}

/**
 * Finds the kernel whose rules fit a kernel's structures: the recorded one
 * whose members are most alike by name.
 *
 * @returns The profile; the newest of several that are equally near.
 */
export function nearestProfile(kernel: OwnKernel): KernelProfile {
  const structs = readRecorded(kernel.structs);
  const lp64 = findAbi("lp64"); // each profile was recorded there
  let best: { profile: KernelProfile; share: number } | undefined;
  for (const profile of kernelProfiles) {
    let common = 0;
    let all = 0;
    for (const [tag, { fields }] of structs) {
      const recorded = recordedStruct(profile, lp64, tag).fields;
      const names = new Set([...Object.keys(fields), ...Object.keys(recorded)]);
      all += names.size;
      for (const name of names) {
        if (Object.hasOwn(fields, name) && Object.hasOwn(recorded, name)) {
          common++;
        }
      }
    }
    const share = common / Math.max(1, all);
    if (best === undefined || share >= best.share) best = { profile, share };
  }
  return best?.profile ?? "7.2";
}

/**
 * Returns the ABIs that a kernel may have been built for, by the size of a
 * pointer in it; pahole's text says no more.
 *
 * @param own Its structs by tag.
 * @returns The ABIs; all of them if no pointer is known.
 */
export function abisOfStructs(
  own: ReadonlyMap<string, ParsedStruct>,
): readonly Abi[] {
  const pointers = [["bio", "bi_next"], ["request", "bio"], ["request", "q"]];
  for (const [tag = "", field = ""] of pointers) {
    const sizeBytes = own.get(tag)?.fields[field]?.sizeBytes;
    if (sizeBytes === undefined) continue;
    return abis.filter((abi) => abi.pointerBytes === sizeBytes);
  }
  return abis;
}

function requireSane(
  { sizeBytes, fields }: ParsedStruct,
  { name, tag }: { name: string; tag: string },
): void {
  const refuse = (found: string, expected: string): never => {
    throw new RangeError(
      `Cannot take struct ${tag} of ${name}: found ${found}, expected ` +
        expected,
    );
  };
  if (!(sizeBytes > 0 && sizeBytes <= LARGEST_BYTES)) {
    refuse(`a size of ${sizeBytes} bytes`, `1 to ${LARGEST_BYTES}`);
  }
  for (const [field, place] of Object.entries(fields)) {
    if (place.offsetBytes + place.sizeBytes <= sizeBytes) continue;
    refuse(
      `member ${field} of ${place.sizeBytes} bytes at ${place.offsetBytes}`,
      `it inside the ${sizeBytes} bytes`,
    );
  }
}
