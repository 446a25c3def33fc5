/** The settings of a queue, as fields of a machine. */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import type { QueueSettings } from "../block/queue_settings.ts";
import { schedulers } from "../block/scheduler_registry.ts";
import { field } from "../text/field.ts";
import { nameText } from "../text/field_text.ts";

const SCHEDULERS: readonly string[] = schedulers.map(({ name }) => name);

/** INT_MAX, where sysfs sets no other bound. */
const MOST = 2 ** 31 - 1;

/** A setting that is a number, with the name that sysfs has for it. */
function setting(
  entry: string,
  [least, most]: readonly [number, number],
  help: string,
  example: number,
): z.ZodType<number | undefined> {
  return field(wholeNumber(least, most).optional(), {
    entry,
    help,
    example,
    header: (value) => value === undefined ? undefined : `${entry} ${value}`,
    // The field that has them all says it.
    native: true,
  });
}

/** Settings, all of them or some. */
export const queueSettingsSchema: z.ZodType<Partial<QueueSettings>> = z
  .strictObject(
    {
      scheduler: field(someText().optional(), {
        flag: "--scheduler",
        value: "<name>",
        help: `I/O scheduler: ${SCHEDULERS.join(", ")} (default: none)`,
        group: "machine",
        text: nameText("scheduler", SCHEDULERS),
        isUsual: (scheduler) => scheduler === "none",
        header: (scheduler) => scheduler && `scheduler ${scheduler}`,
        example: "mq-deadline",
        native: {
          covers: (scheduler) => scheduler === "none",
          found: (scheduler) =>
            `--scheduler ${scheduler}: no scheduler is in C`,
          expected: "none",
        },
      }),
      tags: setting("nr_requests", [1, 10240], "requests at once", 64),
      driverTags: setting(
        "queue_depth",
        [1, 4095],
        "of those, at the driver",
        4,
      ),
      nomerges: setting(
        "nomerges",
        [0, 2],
        "0: merge, 1: only with the plug, 2: never",
        1,
      ),
      frontMerges: setting(
        "front_merges",
        [0, 1],
        "whether mq-deadline looks for requests to precede",
        0,
      ),
      fifoBatch: setting("fifo_batch", [0, MOST], "requests of a batch", 8),
      writesStarved: setting(
        "writes_starved",
        [0, MOST],
        "batches of reads before one of writes",
        3,
      ),
      asyncDepth: setting(
        "async_depth",
        [1, MOST],
        "requests that writes may have",
        16,
      ),
      writeCache: z.boolean().optional().describe(
        "whether the device has a volatile write cache",
      ),
      fua: z.boolean().optional().describe("whether the device takes REQ_FUA"),
      zoned: z.boolean().optional().describe("whether the device is zoned"),
      p2p: z.boolean().optional().describe(
        "whether the queue takes P2P memory (BLK_FEAT_PCI_P2PDMA)",
      ),
    } satisfies Record<keyof QueueSettings, z.ZodType>,
  ) as unknown as z.ZodType<Partial<QueueSettings>>;
