/**
 * What of a run is simulated in time: the device, how I/Os arrive, and the
 * faults; as plain data that a message to a worker can carry.
 */
import {
  type DeviceModel,
  deviceModelName,
  NULL_MODEL,
} from "../../sim/time/device_model.ts";
import type { Arrivals } from "../../sim/time/queue_run.ts";
import type { InjectionPlan } from "../../sim/fault/plan.ts";
import { readFaultPlan } from "../../sim/fault/plan_file.ts";
import { parseQuantity, QuantityError } from "../../sim/text/quantity.ts";
import { LONGEST_FORM_BYTES, readText } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";

/** I/Os that arrive whatever the device does. */
export type OpenArrivals = Exclude<Arrivals, { kind: "closed" }>;

/** What of a run is simulated in time. */
export interface SimulationSetup {
  /** The device; the plan's, or the null device, if absent. */
  readonly model?: DeviceModel;
  /** How I/Os arrive; as depth allows if absent. */
  readonly arrivals?: OpenArrivals;
  /** The faults; none if absent. */
  readonly plan?: InjectionPlan;
}

const MOST_PER_SECOND = 1e9;

/**
 * Reads how I/Os arrive.
 *
 * @param text `poisson:N` or `even:N`, N I/Os per second.
 * @returns The arrivals.
 * @throws {RangeError} If it is neither.
 */
export function parseArrivals(text: string): OpenArrivals {
  const [kind, rate = ""] = text.split(":", 2);
  const refuse = (found: string, expected: string): never => {
    throw new RangeError(
      `Cannot use arrivals "${text.slice(0, 60)}": found ${found}, expected ` +
        expected,
    );
  };
  if (kind !== "poisson" && kind !== "even") {
    return refuse(`"${kind}"`, "poisson:N or even:N, N I/Os per second");
  }
  let perSecond: number;
  try {
    perSecond = parseQuantity(rate, {
      kind: "count",
      least: 1,
      most: MOST_PER_SECOND,
    });
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return refuse(error.found, `${error.expected} I/Os per second`);
  }
  return { kind, perSecond };
}

/**
 * Reads a fault plan from a file.
 *
 * @param path The file.
 * @returns The plan.
 * @throws {RangeError} If it cannot be read.
 * @throws {SyntaxError} If it is no fault plan; tells line and column.
 */
export async function readFaultFile(path: string): Promise<InjectionPlan> {
  let text: string;
  try {
    text = await readText(path, LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read fault plan "${path}": ${systemReason(error)}, expected a ` +
        `JSON file`,
    );
  }
  return readFaultPlan(text, path);
}

/**
 * Names the device of a simulation.
 *
 * @param setup The simulation.
 * @returns Its name, as `--device-model` takes it.
 */
export function simulatedDeviceName(setup: SimulationSetup): string {
  return deviceModelName(setup.model ?? setup.plan?.device ?? NULL_MODEL);
}

/**
 * Names the arrivals of a simulation.
 *
 * @param setup The simulation.
 * @param depth I/Os in flight at most.
 * @returns Such as `closed:32` or `poisson:100000`.
 */
export function arrivalsName(setup: SimulationSetup, depth: number): string {
  const { arrivals } = setup;
  return arrivals === undefined
    ? `closed:${depth}`
    : `${arrivals.kind}:${arrivals.perSecond}`;
}
