/**
 * Checks a cell of a result file: one ABI, workload, P2P detection and engine,
 * with all its layouts; unknown keys pass.
 */
import { z } from "zod";
import { name, positive, wholeCount } from "../files/schema_parts.ts";
import { simulationResultSchema } from "../simulate/schema.ts";
import { workersSchema } from "./group_schema.ts";
import { layout } from "./layout_schema.ts";
import {
  interval,
  noiseFloor,
  timing,
  turns,
  verdict,
} from "./timing_schema.ts";

/** More than any run has, and few enough for a report of all of them. */
const MOST_LAYOUTS = 1024;

export const warning = z.looseObject({
  code: name.describe("Short name of the kind of warning."),
  message: z.string().describe("What was found."),
  hint: z.string().describe("What to do about it."),
});

const agreement = z.looseObject({
  engines: z.array(name).describe(
    "The engines, in the order of all pairs here.",
  ),
  tau: z.number().min(-1).max(1).nullable().describe(
    "Kendall's tau-b of their ratios, -1 to 1; null below two layouts.",
  ),
  opposed: z.array(name).describe(
    "Layouts that one engine calls faster and the other slower.",
  ),
  oneSided: z.array(name).describe(
    "Layouts that only one engine finds different from the baseline.",
  ),
  words: z.string().describe("The same in plain words."),
  layouts: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    instructionRatio: positive.nullish().describe(
      "Its counted instructions over the baseline's; null if not counted.",
    ),
    ratios: z.array(interval.nullable()).describe("Its ratio on each engine."),
    verdicts: z.array(verdict.nullable()).describe(
      "Its verdict on each engine.",
    ),
  })).describe("Each layout on both engines."),
  times: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    nsPerIo: z.array(interval.nullable()).describe(
      "Its time per I/O on each engine, in ns.",
    ),
    factor: positive.nullable().describe(
      "The first engine's time over the second's.",
    ),
  })).optional().describe("Each layout's time per I/O on both engines."),
});

export const cell = z.looseObject({
  workload: name.describe("Name of the workload, or path of its file."),
  abi: name.describe("ABI of the structs."),
  recognition: name.describe("How P2P memory was to be recognised."),
  engine: name.describe("js or native."),
  agreement: agreement.nullish().describe(
    "How its ratios and those of the same cell on another engine agree.",
  ),
  ios: z.looseObject({
    total: wholeCount.describe("All I/Os of the workload."),
    reads: wholeCount.describe("Reads among them."),
    writes: wholeCount.describe("Writes among them."),
    others: wholeCount.describe(
      "Others, such as flush and discard; they are counted and not replayed.",
    ),
    bytes: wholeCount.describe("Bytes read and written."),
    skipped: wholeCount.describe("Entries of the input that were left out."),
    rounded: wholeCount.optional().describe(
      "I/Os that were widened to whole sectors.",
    ),
    cut: wholeCount.optional().describe(
      "I/Os too long for the lab that were replayed as several.",
    ),
  }).describe("The I/Os."),
  digest: z.string().describe(
    "Digest of the descriptors, equal for all layouts of the recognition.",
  ),
  verifiedBytes: wholeCount.optional().describe(
    "Bytes that the device moved and that were checked, for each layout.",
  ),
  timedIos: wholeCount.optional().describe(
    "I/Os that were replayed for timing.",
  ),
  skippedByReason: z.record(z.string(), wholeCount).optional().describe(
    "Entries of the input that were left out, by reason.",
  ),
  layouts: z.array(layout).max(MOST_LAYOUTS, {
    error: `expected at most ${MOST_LAYOUTS} layouts`,
  }).describe("One entry for each layout, the baseline first."),
  baseline: name.optional().describe(
    "Name of the layout that ratios refer to.",
  ),
  description: z.string().optional().describe(
    "One line on what the workload is.",
  ),
  setting: z.string().optional().describe(
    "Queue, depth, submitter and controller in one line.",
  ),
  kernel: name.optional().describe(
    "Kernel whose structures and rules were used.",
  ),
  placement: z.string().optional().describe("Where buffers lie."),
  rounds: wholeCount.optional().describe("Rounds of each build."),
  builds: wholeCount.optional().describe("Builds of each layout."),
  harness: z.array(z.looseObject({
    name: name.describe(
      "noop or null_path; in C noop is a call without an I/O.",
    ),
    nsPerIo: interval.nullable().describe("Time per I/O, in ns."),
  }))
    .optional().describe(
      "What workers without a path cost; nothing is subtracted.",
    ),
  timing: timing.nullish().describe("How it was timed."),
  turns: z.array(turns).optional().describe(
    "What was measured in each round, of all layouts and the control, where " +
      "there is not too much of it.",
  ),
  noiseFloor: noiseFloor.nullish().describe(
    "The baseline compared with a second copy of itself.",
  ),
  workers: workersSchema.optional().describe(
    "Groups of workers; absent where one worker was all.",
  ),
  simulated: simulationResultSchema.optional().describe(
    "The same I/Os with a device in simulated time, with faults.",
  ),
  leftOut: z.array(z.looseObject({
    name: name.describe("Name of the layout."),
    reason: z.string().describe("Why it cannot take part."),
  })).optional().describe("Layouts that cannot express this cell."),
  complete: z.boolean().optional().describe(
    "false if its timing was interrupted.",
  ),
  warnings: z.array(warning).optional().describe(
    "Warnings of this cell only.",
  ),
  submitter: name.optional().describe("Whose memory its I/Os are on."),
  api: name.optional().describe(
    "How a program submits its I/Os; io_uring where absent.",
  ),
});
