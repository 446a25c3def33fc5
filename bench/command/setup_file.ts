/** A setup from a file: by itself, or in a result, which holds its own. */
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import {
  DEFAULT_DEVICE,
  deviceWords,
  LIMITS,
} from "../../sim/setup/device_limits.ts";
import { isDeepStrictEqual } from "node:util";
import { checkValue } from "../../layouts/option_check.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { parseJson } from "../files/parse_json.ts";
import { withNamesOfToday } from "../result/old_names.ts";
import { readResult } from "../result/read_result.ts";
import { LONGEST_RESULT_BYTES, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import type { GivenSetup } from "../setup/options.ts";
import { depthOf } from "../../sim/setup/path_fields.ts";
import { usualTimedWorkloads } from "../run/options.ts";
import { chooseLayouts } from "../setup/run_layouts.ts";
import { RecordedPlacement } from "../../sim/workload/recorded_placement.ts";
import {
  DEFAULT_WORKLOAD_IOS,
  DEFAULT_WORKLOADS,
} from "../setup/default_workloads.ts";
import { runKeys, runSchema } from "../setup/run_fields.ts";

/**
 * Reads a setup from a file.
 *
 * @param path A result of the lab, or a file with the `config` of one.
 * @param by Whether another device is asked for, which has its own limits; and
 *   another placement.
 * @throws {RangeError} If the file cannot be read, or a value is out of its
 *   range.
 * @throws {SyntaxError} If it is not JSON; names line and column.
 * @throws {TypeError} If a field is unknown or of another type.
 */
export async function readSetupFile(
  path: string,
  by: { hasDevice: boolean; hasPlacement: boolean },
): Promise<GivenSetup> {
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read setup "${path}": ${systemReason(error)}, expected a ` +
        "result, or a file with the config of one",
    );
  }
  const setup = setupOf(text, path);
  checkValue(`use setup "${path}"`, runSchema, setup);
  inFile(path, () => chooseLayouts(setup.layouts));
  requireRuns(setup, path, by);
  const { limits, ...others } = withoutFollowing(setup);
  if (by.hasDevice || limits === undefined) return others;
  // The limits of the default device follow from the machine and the kernel;
  // options may replace them.
  return isDefaultDevice(limits, setup) ? others : { ...others, limits };
}

/**
 * Leaves out what follows from other options where nobody types it: those may
 * be replaced, and it follows then from the new ones.
 */
function withoutFollowing(setup: GivenSetup): GivenSetup {
  const { depth, ...others } = setup;
  const { workloads, ios, timedWorkloads, ...rest } = depth === depthOf(others)
    ? others
    : setup;
  return isDeepStrictEqual([workloads, ios, timedWorkloads], [
      DEFAULT_WORKLOADS,
      DEFAULT_WORKLOAD_IOS,
      usualTimedWorkloads(setup),
    ])
    ? rest
    : depth === depthOf(others)
    ? others
    : setup;
}

function isDefaultDevice(
  limits: Partial<QueueLimits>,
  setup: GivenSetup,
): boolean {
  const [, device, ...own] = deviceWords(limits, { ...setup });
  return device === DEFAULT_DEVICE && own.length === 0 &&
    [...LIMITS.values()].every((key) => limits[key] !== undefined);
}

/** A result has the name of a recording, and not its runs. */
function requireRuns(
  { placement }: GivenSetup,
  path: string,
  { hasPlacement }: { hasPlacement: boolean },
): void {
  const { recorded } = typeof placement === "object" ? placement : {};
  if (hasPlacement || recorded === undefined) return;
  if (recorded instanceof RecordedPlacement) return;
  const { name } = Object(recorded);
  throw new RangeError(
    `Cannot use setup "${path}": found a recorded placement, ` +
      `"${
        printableLine(String(name))
      }", without its runs, expected that file with ` +
      "--placement as well",
  );
}

function inFile(path: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    error.message = error.message.replace(
      /^Cannot /,
      `Cannot use setup "${path}": cannot `,
    );
    throw error;
  }
}

function setupOf(text: string, path: string): GivenSetup {
  const value: unknown = parseJson(withNamesOfToday(text), path);
  if (typeof value !== "object" || value === null || !("cells" in value)) {
    return value as GivenSetup;
  }
  // Results carry the command, too, and those of older labs its output.
  const { config } = readResult(text, path);
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => runKeys.includes(key)),
  );
}
