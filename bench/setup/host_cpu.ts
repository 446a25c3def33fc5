/** `--cpu host`: the caches of this machine, as Linux shows them in /sys. */
import type { Cpu } from "../../sim/cache/cpu.ts";
import {
  cpuOfCaches,
  type SystemCache,
} from "../../sim/cache/system_caches.ts";
import { readCaches } from "../machine/environment.ts";
import { systemReason } from "../files/system_reason.ts";

/** What stands for this machine. */
export const HOST_CPU = "host";

/** Shown of every Linux that shows caches at all. */
const FIRST_CACHE = "/sys/devices/system/cpu/cpu0/cache/index0/level";

/**
 * Returns this machine's CPU.
 *
 * @throws {RangeError} If /sys shows no caches, or Deno may not read it.
 */
export async function hostCpu(
  readText: (path: string | URL) => Promise<string> = Deno.readTextFile,
): Promise<Cpu> {
  const refuse = (found: string) =>
    new RangeError(
      `Cannot use CPU "${HOST_CPU}": ${found}, expected "lscpu -C --json ` +
        '>cpu.json" and --cpu ./cpu.json, or --allow-all',
    );
  try {
    await readText(FIRST_CACHE);
  } catch (error) {
    throw refuse(`${FIRST_CACHE}: ${systemReason(error)}`);
  }
  const caches = await readCaches((path) => readText(path).catch(() => null));
  const known = (caches ?? []).map(({ level, type, ...cache }) => {
    const { sizeBytes, lineBytes, ways } = cache;
    if (
      lineBytes === null || ways === null ||
      (type !== "Data" && type !== "Instruction" && type !== "Unified")
    ) {
      throw refuse(`an L${level} ${type} cache without line or ways`);
    }
    const kind = { Data: "d", Instruction: "i", Unified: "" }[type];
    const name = `L${level}${kind}`;
    return {
      name,
      level,
      type,
      sizeBytes,
      lineBytes,
      ways,
    } satisfies SystemCache;
  });
  if (known.length === 0) throw refuse("/sys shows no cache");
  return cpuOfCaches(known, {
    name: HOST_CPU,
    title: "This machine",
    source: "/sys/devices/system/cpu",
  });
}
