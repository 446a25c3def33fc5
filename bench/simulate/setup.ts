/**
 * The part of a run that is simulated in time: the device, how I/Os arrive, and
 * the faults; as plain data that a message to a worker can carry.
 */
import { z } from "zod";
import {
  deviceModelSchema,
  openArrivalsSchema,
} from "../../sim/time/device_form.ts";
import {
  type DeviceModel,
  deviceModelName,
  NULL_MODEL,
  parseDeviceModel,
} from "../../sim/time/device_model.ts";
import type { Arrivals } from "../../sim/time/arrivals.ts";
import type { InjectionPlan } from "../../sim/fault/plan.ts";
import { readFaultPlan } from "../../sim/fault/plan_file.ts";
import { planSchema } from "../../sim/simulation/simulation_form.ts";
import { field } from "../../sim/text/field.ts";
import { textOf } from "../../sim/text/field_text.ts";
import { parseQuantity, QuantityError } from "../../sim/text/quantity.ts";

/** I/Os that arrive whatever the device does. */
export type OpenArrivals = Exclude<Arrivals, { kind: "closed" }>;

/** The part of a run that is simulated in time. */
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

/** What is simulated: each key, and nothing beside them. */
export const simulationSetupSchema: z.ZodType<SimulationSetup> = z.strictObject(
  {
    model: field(deviceModelSchema.optional(), {
      flag: "--device-model",
      value: "<name>",
      help: "simulated device: null, fixed:10us, channels:8,exp:80us (or " +
        "det:80us, lognormal:80us:0.5)",
      group: "simulated",
      text: textOf(parseDeviceModel, deviceModelName),
      example: parseDeviceModel("fixed:10us"),
      native: true,
    }),
    arrivals: field(openArrivalsSchema.optional(), {
      flag: "--arrivals",
      value: "<kind:n>",
      help: "I/Os per simulated second: poisson:N, even:N (default: as many " +
        "as --depth allows)",
      group: "simulated",
      text: textOf(
        parseArrivals,
        ({ kind, perSecond }) => `${kind}:${perSecond}`,
      ),
      example: { kind: "even", perSecond: 1000 },
      native: true,
    }),
    plan: field(planSchema.optional(), {
      flag: "--faults",
      value: "<file>",
      help: "inject the faults of a plan (see below)",
      group: "simulated",
      file: {
        what: "fault plan",
        expected: "a JSON file",
        parse: readFaultPlan,
      },
      unsaid: () => [
        "Give the fault plan of config.simulation.plan with --faults as well.",
      ],
      native: true,
    }),
  } satisfies Record<keyof SimulationSetup, z.ZodType>,
) as unknown as z.ZodType<SimulationSetup>;

/**
 * Names the device of a simulation.
 *
 * @returns Its name, as `--device-model` takes it.
 */
export function simulatedDeviceName(setup: SimulationSetup): string {
  return deviceModelName(setup.model ?? setup.plan?.device ?? NULL_MODEL);
}

/**
 * Names the arrivals of a simulation.
 *
 * @param depth I/Os in flight at most.
 * @returns Such as `closed:32` or `poisson:100000`.
 */
export function arrivalsName(setup: SimulationSetup, depth: number): string {
  const { arrivals } = setup;
  return arrivals === undefined
    ? `closed:${depth}`
    : `${arrivals.kind}:${arrivals.perSecond}`;
}
