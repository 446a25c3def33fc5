/**
 * The CPU whose caches are modelled where the user names none: one that runs
 * kernels of the ABI.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import { cpuPreset } from "../../sim/cache/presets.ts";

/** A current server for 64-bit; for the rest what such kernels run on. */
const CPU_OF_ABI: ReadonlyMap<string, string> = new Map([
  ["lp64", "zen4"],
  ["lp64_be", "z16"],
  ["ilp32", "pentium3"],
  ["ilp32_pae", "pentium3"],
  ["ilp32_lpae", "cortex_a7"],
  // No 32-bit PowerPC is among the presets: the same lines and latencies.
  ["ilp32_be", "cortex_a7"],
]);

/**
 * Gives the CPU of an ABI.
 *
 * @param abi The ABI.
 * @returns One of the presets.
 */
export function defaultCpu(abi: Abi): Cpu {
  return cpuPreset(CPU_OF_ABI.get(abi.name) ?? "zen4");
}
