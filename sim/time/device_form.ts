/** The form of device models, and of how commands arrive. */
import { z } from "zod";
import {
  numberFrom,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import type { RandomStream } from "../random/random_stream.ts";
import type { DeviceModel } from "./device_model.ts";
import type { Arrivals } from "./arrivals.ts";
import { SERVICE_TIMES } from "./service_time.ts";

/** An hour: longer than any time-out, exact in a double. */
const LONGEST_NS = 3.6e12;

export const deviceModelSchema: z.ZodType<DeviceModel> = z.strictObject({
  kind: z.enum(["null", "fixed", "channels"]).describe(
    "no time, one for all commands, or channels that each serve one",
  ),
  channels: wholeNumber(1, 4096).nullable().describe(
    "how many channels; null for other kinds",
  ),
  service: z.strictObject({
    kind: z.enum(SERVICE_TIMES).describe("distribution of service times"),
    meanNs: numberFrom(0, LONGEST_NS).describe("mean service time in ns"),
    sigma: numberFrom(0, 3).optional().describe("spread of a log-normal one"),
  }).describe("how long a command takes"),
}).refine(
  ({ kind, channels }) => (kind === "channels") === (channels !== null),
  { path: ["channels"], error: "a number for kind channels only, else null" },
) as unknown as z.ZodType<DeviceModel>;

const open = z.strictObject({
  kind: z.enum(["poisson", "even"]).describe("at random times, or evenly"),
  perSecond: numberFrom(1e-3, 1e9).describe("I/Os per simulated second"),
});

/** How I/Os arrive whatever the device does. */
export const openArrivalsSchema: z.ZodType<
  Exclude<Arrivals, { kind: "closed" }>
> = open;

export const randomSchema: z.ZodType<RandomStream> = valueOf(
  "a random stream, as randomStream() opens it",
  ({ int32, fraction }) =>
    typeof int32 === "function" && typeof fraction === "function",
);
