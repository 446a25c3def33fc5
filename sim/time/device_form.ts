/** The form of device models, and of how commands arrive. */
import { z } from "zod";
import {
  numberFrom,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import type { RandomStream } from "../random/random_stream.ts";
import type { DeviceModel } from "./device_model.ts";
import type { Arrivals, QueueRunOptions } from "./queue_run.ts";
import { SERVICE_TIMES } from "./service_time.ts";

/** An hour: longer than any time-out, exact in a double. */
const LONGEST_NS = 3.6e12;

/** A device model. */
export const deviceModelSchema: z.ZodType<DeviceModel> = z.strictObject({
  kind: z.enum(["null", "fixed", "channels"]),
  channels: wholeNumber(1, 4096).nullable(),
  service: z.strictObject({
    kind: z.enum(SERVICE_TIMES),
    meanNs: numberFrom(0, LONGEST_NS),
    sigma: numberFrom(0, 3).optional(),
  }),
}).refine(
  ({ kind, channels }) => (kind === "channels") === (channels !== null),
  { path: ["channels"], error: "a number of kind channels alone, else null" },
) as unknown as z.ZodType<DeviceModel>;

const open = z.strictObject({
  kind: z.enum(["poisson", "even"]),
  perSecond: numberFrom(1e-3, 1e9),
});

/** How I/Os arrive whatever the device does. */
export const openArrivalsSchema: z.ZodType<
  Exclude<Arrivals, { kind: "closed" }>
> = open;

/** How commands arrive. */
const arrivalsSchema: z.ZodType<Arrivals> = z.discriminatedUnion(
  "kind",
  [
    open,
    z.strictObject({
      kind: z.literal("closed"),
      depth: wholeNumber(1, 65536),
    }),
  ],
  { error: "one of: poisson, even, closed" },
);

/** What `runQueue()` takes. */
export const queueRunSchema = z.strictObject(
  {
    model: deviceModelSchema,
    arrivals: arrivalsSchema,
    commands: wholeNumber(1, 1e8),
    seed: z.int({ error: "a whole number" }),
  } satisfies Record<keyof QueueRunOptions, z.ZodType>,
);

/** A random stream. */
export const randomSchema: z.ZodType<RandomStream> = valueOf(
  "a random stream, as randomStream() opens it",
  ({ int32, fraction }) =>
    typeof int32 === "function" && typeof fraction === "function",
);
