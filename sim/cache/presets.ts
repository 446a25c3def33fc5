/** CPUs that the lab knows, by their names and by the ABI that they run. */
import { checkString } from "../../layouts/value_text.ts";
import type { Cpu } from "./cpu.ts";
import { KNOWN_CPUS } from "./known_cpus.ts";

/**
 * Names of the CPU presets.
 *
 * @example Bytes of a cache line of each
 * ```ts
 * import { cpuPreset, cpuPresetNames } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * for (const name of cpuPresetNames) {
 *   const [l1] = cpuPreset(name).levels;
 *   assert(l1 !== undefined && l1.lineBytes >= 32);
 * }
 * ```
 */
export const cpuPresetNames: readonly string[] = KNOWN_CPUS.map((cpu) =>
  cpu.name
);

/**
 * Returns a CPU preset.
 *
 * @param name Its name, one of `cpuPresetNames`.
 * @returns The CPU.
 * @throws {RangeError} If there is none of that name.
 *
 * @example The line of an IBM z16
 * ```ts
 * import { cpuPreset } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cpuPreset("z16").levels[1]?.lineBytes, 256);
 * ```
 */
export function cpuPreset(name: string): Cpu {
  checkString("find a CPU", "name", name);
  const found = KNOWN_CPUS.find((cpu) => cpu.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find CPU "${name}", expected one of: ${
        cpuPresetNames.join(", ")
      }`,
    );
  }
  const { defaultOf: _, ...cpu } = found;
  return cpu;
}

/**
 * Returns the CPU whose caches are modelled where the user names none: one that
 * runs kernels of the ABI.
 *
 * @returns One of the presets.
 */
export function defaultCpu(abi: string): Cpu {
  const known = KNOWN_CPUS.find(({ defaultOf }) => defaultOf?.includes(abi));
  return cpuPreset(known?.name ?? "zen4");
}
