/**
 * Where the members of the kernel's own structs are, by kernel profile and ABI,
 * as pahole read them from real Debian kernels. Each profile has amd64; every
 * other ABI has the one kernel that was recorded nearest to it.
 */
import { checkString, describeValue } from "../../layouts/value_text.ts";
import type { Abi } from "../../layouts/abi.ts";
import {
  AMD64_KERNELS,
  type KernelProfile,
  kernelProfiles,
} from "./profile.ts";
import { type RecordedKernel, recordedKernel } from "./recorded_kernel.ts";
import type {
  OtherKernelName,
  RecordedKernelName,
  StructOffsets,
} from "./struct_offsets.ts";
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

const OTHERS: Readonly<Record<OtherKernelName, RecordedKernel>> = {
  "7.2 arm64": recordedKernel("Debian 7.2.13+deb14-arm64", arm64),
  "6.1 s390x": recordedKernel("Debian 6.1.0-50-s390x", lp64Be),
  "6.1 686": recordedKernel("Debian 6.1.0-50-686", ilp32),
  "6.1 686-pae": recordedKernel("Debian 6.1.0-50-686-pae", ilp32Pae),
  "7.2 armmp-lpae": recordedKernel("Debian 7.2.13+deb14-armmp-lpae", ilp32Lpae),
  "7.2 armmp": recordedKernel("Debian 7.2.13+deb14-armmp", arm32),
};

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

export const recordedKernels: readonly RecordedKernelName[] = Object.freeze(
  Object.keys(KERNELS) as RecordedKernelName[],
);

/**
 * Returns the places of the members of a kernel struct on an ABI that is known
 * to be one: `structOffsets()` looks first.
 *
 * @param profile The kernel profile; only on `lp64` it changes the answer.
 * @returns Size and places, and the kernel that they are from.
 * @throws {RangeError} If the profile, the ABI or the struct is not known.
 */
export function recordedStruct(
  profile: string,
  abi: Abi,
  name: string,
): StructOffsets {
  checkString("find kernel structs", "profile", profile);
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
 * Returns the places of the members of a struct of one recorded kernel.
 *
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
