/**
 * Whether the set-up of a device is recorded. Its limits in sysfs do not show
 * everything: the segment boundary, when requests complete, where discards are
 * aligned, which sizes get an SGL.
 */
import type { OracleRun } from "./oracle_row.ts";

/** Why rows of a device that nobody knows are not covered. */
export const UNKNOWN_SETUP =
  "the device's set-up is not recorded: driver and limits would be guesses";

/**
 * Says whether a device is known.
 *
 * @returns False if its driver or a parameter of it would have to be guessed.
 */
export function isSetupKnown(run: OracleRun): boolean {
  const { disk, config, setup } = run;
  // An NVMe controller shows its limits; the driver's threshold is set.
  if (disk.startsWith("nvme")) return /\bsgl_threshold \d+/.test(setup);
  if (config === undefined) return false;
  return /\bmk(nb|sd)\b/.test(config.join("\n")) || /^vd[a-z]+$/.test(disk);
}
