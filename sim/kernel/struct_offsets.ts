/**
 * Where the members of the kernel's own structs lie, by kernel profile and
 * ABI, as pahole read them from real Debian kernels. Each profile has amd64;
 * every other ABI has the one kernel that was recorded nearest to it.
 */
import { abiSchema } from "../../layouts/abi_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString, describeValue } from "../../layouts/value_text.ts";
import type { Abi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import {
  AMD64_KERNELS,
  type KernelProfile,
  kernelProfiles,
} from "./profile.ts";
import { type RecordedKernel, recordedKernel } from "./recorded_kernel.ts";
import ilp32 from "./recorded/v6_1_0_50_686_i386.json" with { type: "json" };
import ilp32Pae from "./recorded/v6_1_0_50_686_pae_i386.json" with {
  type: "json",
};
import lp64Be from "./recorded/v6_1_0_50_s390x_s390x.json" with {
  type: "json",
};
import arm64 from "./recorded/v7_2_13_deb14_arm64_arm64.json" with {
  type: "json",
};
import ilp32Lpae from "./recorded/v7_2_13_deb14_armmp_lpae_armhf.json" with {
  type: "json",
};
import arm32 from "./recorded/v7_2_13_deb14_armmp_armhf.json" with {
  type: "json",
};

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

const OTHERS: Readonly<Record<OtherKernelName, RecordedKernel>> = {
  "7.2 arm64": recordedKernel("Debian 7.2.13+deb14-arm64", arm64),
  "6.1 s390x": recordedKernel("Debian 6.1.0-50-s390x", lp64Be),
  "6.1 686": recordedKernel("Debian 6.1.0-50-686", ilp32),
  "6.1 686-pae": recordedKernel("Debian 6.1.0-50-686-pae", ilp32Pae),
  "7.2 armmp-lpae": recordedKernel("Debian 7.2.13+deb14-armmp-lpae", ilp32Lpae),
  "7.2 armmp": recordedKernel("Debian 7.2.13+deb14-armmp", arm32),
};

/** Name of a recorded kernel: version and Debian's flavour. */
export type RecordedKernelName =
  | `${KernelProfile} amd64`
  | OtherKernelName;

const KERNELS: Readonly<Record<RecordedKernelName, RecordedKernel>> = {
  ...Object.fromEntries(
    kernelProfiles.map((name) => [`${name} amd64`, AMD64_KERNELS[name]]),
  ) as Record<`${KernelProfile} amd64`, RecordedKernel>,
  ...OTHERS,
};

// No powerpc kernel was recorded; 32-bit ARM has the same sizes and
// alignments, and the order of bytes does not move whole members.
const NEAREST: ReadonlyMap<string, RecordedKernelName> = new Map([
  ["lp64_be", "6.1 s390x"],
  ["ilp32", "6.1 686"],
  ["ilp32_pae", "6.1 686-pae"],
  ["ilp32_lpae", "7.2 armmp-lpae"],
  ["ilp32_be", "7.2 armmp"],
]);

/** Names of all recorded kernels. */
export const recordedKernels: readonly RecordedKernelName[] = Object.freeze(
  Object.keys(KERNELS) as RecordedKernelName[],
);

/**
 * Gives the places of the members of a kernel struct.
 *
 * @param profile The kernel profile; only on `lp64` it changes the answer.
 * @param name Tag of the struct, such as `bio`.
 * @returns Size and places, and the kernel that they are from. A struct that
 * this kernel's debug info lacks (the NVMe ones whose layout the NVMe
 * specification fixes) is taken from the first kernel that has it.
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
  if (!kernelProfiles.some((known) => known === profile)) {
    throw new RangeError(
      `Cannot find kernel profile "${profile}", expected one of: ${
        kernelProfiles.join(", ")
      }`,
    );
  }
  const key = abi.name === "lp64"
    ? `${profile as KernelProfile} amd64` as const
    : NEAREST.get(abi.name);
  if (key === undefined) {
    throw new RangeError(
      `Cannot find kernel structs of ABI "${abi.name}", expected one of: ` +
        `lp64, ${[...NEAREST.keys()].join(", ")}`,
    );
  }
  return recordedOffsets(key, name);
}

/**
 * Gives the places of the members of a struct of one recorded kernel.
 *
 * @param name Tag of the struct.
 * @returns Size, places and source.
 * @throws {RangeError} If no kernel has the struct.
 */
export function recordedOffsets(
  key: RecordedKernelName,
  name: string,
): StructOffsets {
  checkString("find kernel structs", "name", name);
  const asked = Object.hasOwn(KERNELS, key) ? KERNELS[key] : undefined;
  if (asked === undefined) {
    throw new RangeError(
      `Cannot find recorded kernel ${describeValue(key)}, expected one of: ${
        recordedKernels.join(", ")
      }`,
    );
  }
  const found = asked.structs.has(name) ? asked : fixedByNvme(name);
  const struct = found?.structs.get(name);
  if (found === undefined || struct === undefined) {
    throw new RangeError(
      `Cannot find struct "${name}" of ${asked.source}, expected one of: ${
        [...asked.structs.keys()].join(", ")
      }`,
    );
  }
  return { ...struct, source: found.source };
}

/** Structs of the NVMe specification are the same on every ABI. */
function fixedByNvme(name: string): RecordedKernel | undefined {
  if (name !== "nvme_completion" && name !== "nvme_rw_command") return;
  return Object.values(KERNELS).find(({ structs }) => structs.has(name));
}
