/**
 * Where the members of the kernel's own structs are on whatever ABI a program
 * gives: its form is looked at before `recorded_structs.ts` answers.
 */
import type { Abi } from "../../layouts/abi.ts";
import { abiSchema } from "../../layouts/abi_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import { type KernelProfile, kernelProfiles } from "./profile.ts";
import { recordedStruct } from "./recorded_structs.ts";

export { type KernelProfile, kernelProfiles };

/** Size and member places of one kernel struct. */
export interface StructOffsets extends ParsedStruct {
  /** The kernel that they were read from. */
  readonly source: string;
}

/** Names of recorded kernels that are not amd64. */
export type OtherKernelName =
  | "7.2 arm64"
  | "6.1 s390x"
  | "6.1 686"
  | "6.1 686-pae"
  | "7.2 armmp-lpae"
  | "7.2 armmp";

/** Name of a recorded kernel: version and Debian's flavour. */
export type RecordedKernelName =
  | `${KernelProfile} amd64`
  | OtherKernelName;

/**
 * Returns the places of the members of a kernel struct.
 *
 * @param profile The kernel profile; only on `lp64` it changes the answer.
 * @returns Size and places, and the kernel that they are from. A struct that
 * this kernel's debug info lacks (one whose layout the NVMe specification
 * fixes) is taken from the first kernel that has it.
 * @throws {RangeError} If the profile, the ABI or the struct is not known.
 *
 * @example Where bi_size is
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { structOffsets } from "./struct_offsets.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bio = structOffsets("7.2", findAbi("lp64"), "bio");
 * assertEquals(bio.sizeBytes, 128);
 * assertEquals(bio.fields["bi_iter.bi_size"]?.offsetBytes, 48);
 * ```
 */
export function structOffsets(
  profile: string,
  abi: Abi,
  name: string,
): StructOffsets {
  checkString("find kernel structs", "profile", profile);
  checkValue("find kernel structs", abiSchema, abi, "abi");
  checkString("find kernel structs", "name", name);
  return recordedStruct(profile, abi, name);
}
