/**
 * The file format of a fault plan (`lab run --faults FILE`): JSON, with every
 * complaint at its line and column.
 *
 * A plan is `{schemaVersion: 1, name?, seed?, device?, bouncePool?, faults}`.
 * Each fault has a `kind`, chooses its I/Os by one of
 *
 * - `io`: a number, or several, counted from 0 as `lab explain --io` does,
 * - `every`: one in this many, from `from` (default: 0) on,
 * - `probability`: by chance, the same I/Os whatever the layout,
 *
 * and hits each of them `times` (default: 1) attempts of its first request.
 *
 * | kind         | keys (default)                    | what the kernel does
 * | | ------------ | --------------------------------- |
 * ------------------------- | | `mapping`    | `nth` (1)
 * | BLK_STS_RESOURCE: waits   | | `descriptor` | `nth` (1)
 * | the same                  | | `bounce`     | `nth` (1)
 * | the same; `bouncePool`    | | `tag`        |
 * | the submitter sleeps      | | `status`     | `status`, `retry` (true)
 * | up to 5 retries, or none  | | `timeout`    | `end` (aborted, reset, polled)
 * | 30 s, abort, 30 s, reset  | | `completion` | `how` (unknown_id, stale_id,
 * ...) | ignored, or never seen    | | `short`      | `bytes` (512), `reported`
 * (true)  | tried again, or not known | | `reorder`    | `delay` (100us)
 * | others complete before it | | `unplug`     | `provider` (0), one `io`
 * | EFAULT from that I/O on   |
 */
import { checkString } from "../../layouts/value_text.ts";
import { z } from "zod";
import {
  type DeviceModel,
  parseDeviceModel,
  parseDuration,
} from "../time/device_model.ts";
import { NVME_SC, NVME_STATUS_DNR } from "../nvme/status.ts";
import { readJsonForm, shownText } from "../text/json_form.ts";
import { parseQuantity, QuantityError } from "../text/quantity.ts";
import {
  type FaultChoice,
  type FaultRule,
  type InjectionPlan,
  TIMEOUT_ENDS,
  WRONG_COMPLETIONS,
} from "./plan.ts";

/** Beyond any run; exact in a double. */
const MOST_IOS = 2 ** 40;
const SEGMENT_BYTES = 262144;
const STATUS_NAMES = Object.keys(NVME_SC).filter((name) => name !== "success");

const ioNumber = z.int().min(0).max(MOST_IOS);

const choice = {
  io: z.union([ioNumber, z.array(ioNumber).min(1).max(100_000)], {
    error: "expected the number of an I/O from 0, or a list of them",
  }).optional(),
  every: z.int().min(1).max(MOST_IOS).optional(),
  from: ioNumber.optional(),
  probability: z.number().gt(0).max(1).optional(),
};
const times = z.int().min(1).max(1000).default(1);
const nth = z.int().min(1).max(65535).default(1);

const duration = z.string().transform((text, context) => {
  const ns = parseDuration(text);
  if (ns !== undefined) return ns;
  context.addIssue({ code: "custom", message: 'expected a time like "100us"' });
  return z.NEVER;
});

const model = z.string().transform((text, context): DeviceModel => {
  try {
    return parseDeviceModel(text);
  } catch (error) {
    const [, wanted = ""] = String(error).split(", expected ");
    context.addIssue({ code: "custom", message: `expected ${wanted}` });
    return z.NEVER;
  }
});

const pool = z.union([
  z.int().positive(),
  z.string().transform((text, context) => {
    try {
      return parseQuantity(text, { kind: "size", least: 1 });
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      context.addIssue({
        code: "custom",
        message: error.isAmbiguous
          ? `expected ${error.expected}`
          : 'expected bytes, or a size like "512KiB"',
      });
      return z.NEVER;
    }
  }),
], { error: 'expected bytes, or a size like "512KiB"' })
  .refine((bytes) => bytes % SEGMENT_BYTES === 0 && bytes <= 1 << 30, {
    error: "expected whole segments of 256 KiB, at most 1 GiB",
  });

const forms = [
  z.strictObject({ kind: z.literal("mapping"), ...choice, times, nth }),
  z.strictObject({ kind: z.literal("descriptor"), ...choice, times, nth }),
  z.strictObject({ kind: z.literal("bounce"), ...choice, times, nth }),
  z.strictObject({ kind: z.literal("tag"), ...choice, times }),
  z.strictObject({
    kind: z.literal("status"),
    ...choice,
    times,
    status: z.enum(STATUS_NAMES),
    retry: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal("timeout"),
    ...choice,
    times,
    end: z.enum(TIMEOUT_ENDS).default("aborted"),
  }),
  z.strictObject({
    kind: z.literal("completion"),
    ...choice,
    times,
    how: z.enum(WRONG_COMPLETIONS).default("unknown_id"),
  }),
  z.strictObject({
    kind: z.literal("short"),
    ...choice,
    times,
    bytes: z.int().min(0).max(8 << 20).multipleOf(4).default(512),
    reported: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal("reorder"),
    ...choice,
    times,
    delay: duration.prefault("100us"),
  }),
  z.strictObject({
    kind: z.literal("unplug"),
    io: ioNumber,
    provider: z.union([z.int().min(0).max(63), shownText(40)])
      .default(0),
  }),
] as const;

const fault = z.discriminatedUnion("kind", forms, {
  error: (issue) =>
    issue.code === "invalid_union"
      ? `one of: ${forms.map(({ shape }) => shape.kind.value).join(", ")}`
      : undefined,
});

const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: shownText(40).optional(),
  seed: z.int().min(0).default(1),
  device: model.optional(),
  bouncePool: pool.optional(),
  faults: z.array(fault).max(1000),
});

type FileFault = z.output<typeof fault>;

/**
 * Reads a fault plan.
 *
 * @param text The content of the file.
 * @param fileName Its name, for error messages.
 * @returns The plan.
 * @throws {SyntaxError} If the text is not JSON of that form; the message has
 *   file, line and column.
 *
 * @example A plan with every kind of fault
 * ```ts
 * import { readFaultPlan } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const plan = readFaultPlan(
 *   `{
 *     "schemaVersion": 1,
 *     "name": "all kinds",
 *     "seed": 7,
 *     "device": "channels:8,exp:80us",
 *     "bouncePool": "4MiB",
 *     "faults": [
 *       {"kind": "mapping", "every": 100, "from": 3, "nth": 2},
 *       {"kind": "descriptor", "probability": 0.01, "times": 2},
 *       {"kind": "bounce", "every": 90},
 *       {"kind": "tag", "io": [5, 17]},
 *       {"kind": "status", "io": 8, "status": "read_error", "retry": false},
 *       {"kind": "status", "io": 9, "status": "internal", "times": 6},
 *       {"kind": "timeout", "io": 10, "end": "aborted"},
 *       {"kind": "completion", "io": 11, "how": "duplicate"},
 *       {"kind": "short", "io": 12, "bytes": 512, "reported": true},
 *       {"kind": "reorder", "probability": 0.1, "delay": "1ms"},
 *       {"kind": "unplug", "io": 200, "provider": "bar0"}
 *     ]
 *   }`,
 *   "plan.json",
 * );
 * assertEquals(plan.rules.length, 11);
 * ```
 */
export function readFaultPlan(text: string, fileName: string): InjectionPlan {
  checkString("read fault plan", "text", text);
  checkString("read fault plan", "fileName", fileName);
  const { value, complaint } = readJsonForm(text, {
    kind: "fault plan",
    fileName,
    schema: planSchema,
  });
  return {
    name: value.name ?? fileName.replace(/^.*[\\/]/, "").slice(0, 40),
    seed: value.seed,
    device: value.device,
    bouncePoolBytes: value.bouncePool ?? 0,
    rules: value.faults.map((read, i) => {
      const chosen = choiceOf(read);
      if (typeof chosen === "string") {
        throw complaint(["faults", i], `faults.${i}: ${chosen}`);
      }
      return ruleOf(read, chosen);
    }),
  };
}

/** The choice of a fault, or what is wrong with it. */
function choiceOf(read: FileFault): FaultChoice | string {
  if (read.kind === "unplug") return { by: "io", ios: [read.io] };
  const { io, every, from, probability } = read;
  const given = [io, every, probability].filter((key) => key !== undefined);
  if (given.length !== 1) {
    return `found ${given.length} of io, every and probability, expected one`;
  }
  if (from !== undefined && every === undefined) {
    return `found from without every, expected both`;
  }
  if (io !== undefined) return { by: "io", ios: [io].flat() };
  return every === undefined
    ? { by: "probability", probability: probability ?? 0 }
    : { by: "every", every, from: from ?? 0 };
}

function ruleOf(read: FileFault, chosen: FaultChoice): FaultRule {
  const base = {
    choice: chosen,
    times: read.kind === "unplug" ? 1 : read.times,
  };
  switch (read.kind) {
    case "mapping":
    case "descriptor":
    case "bounce":
      return { ...base, kind: read.kind, nth: read.nth };
    case "tag":
      return { ...base, kind: read.kind };
    case "status": {
      const code = NVME_SC[read.status as keyof typeof NVME_SC];
      const status = read.retry ? code : code | NVME_STATUS_DNR;
      return { ...base, kind: read.kind, status };
    }
    case "timeout":
      return { ...base, kind: read.kind, end: read.end };
    case "completion":
      return { ...base, kind: read.kind, how: read.how };
    case "short":
      return {
        ...base,
        kind: read.kind,
        bytes: read.bytes,
        reported: read.reported,
      };
    case "reorder":
      return { ...base, kind: read.kind, delayNs: read.delay };
    case "unplug":
      return { ...base, kind: read.kind, provider: read.provider };
  }
}
