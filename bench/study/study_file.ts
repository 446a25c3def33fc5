/**
 * The JSON behind the page of results: what the study found, compact enough to
 * be committed. Exact figures are lists in the order of `columns`.
 */
import { expectedBy } from "../../layouts/option_check.ts";
import { z } from "zod";
import { parseJson } from "../files/parse_json.ts";
import { withNamesOfToday } from "../result/old_names.ts";
import type { LabWarning } from "../statistics/warning.ts";

const STUDY_SCHEMA_VERSION = 1;

const interval = z.strictObject({
  median: z.number().gt(0),
  low: z.number().gt(0).nullable(),
  high: z.number().gt(0).nullable(),
});
const warning: z.ZodType<LabWarning> = z.looseObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

const cell = z.strictObject({
  abi: z.string(),
  recognition: z.string(),
  workload: z.string(),
  submitter: z.string(),
  /** I/Os that were counted. */
  ios: z.int(),
  /** Digest of the commands of the cell's recognition. */
  digest: z.string(),
  /** Figures by layout, in the order of the file's columns. */
  layouts: z.record(z.string(), z.array(z.number()).readonly()),
  /** Layouts that cannot take part, with the index of the reason. */
  leftOut: z.record(z.string(), z.int()),
});

/** Exact figures of one cell. */
export type StudyCell = z.infer<typeof cell>;

const gap = z.strictObject({
  abi: z.string(),
  workload: z.string(),
  reason: z.string(),
});

/** A cell that a machine cannot have. */
export type StudyGap = z.infer<typeof gap>;

const agreement = z.strictObject({
  /** Kendall's tau-b of their ratios. */
  tau: z.number().nullable(),
  /** Layouts that one calls faster and the other slower. */
  opposed: z.array(z.string()).readonly(),
  /** Layouts that only one of them finds different. */
  oneSided: z.array(z.string()).readonly(),
});

const timing = z.strictObject({
  nsPerIo: interval,
  ratio: interval,
  verdict: z.enum(["faster", "slower", "no difference shown"]),
  detectable: z.number().nullable(),
  betweenBuildSpread: z.number().nullable(),
  /** The ratio on cold caches; absent from older studies. */
  cold: interval.optional(),
  /** The ratio as each of the cell's compilers built it, in their order. */
  byCompiler: z.array(z.number().gt(0)).readonly().optional(),
});

export type StudyTiming = z.infer<typeof timing>;

const timedCell = z.strictObject({
  recognition: z.string(),
  workload: z.string(),
  submitter: z.string(),
  engine: z.string(),
  builds: z.int(),
  rounds: z.int(),
  /** Digest of the code that timed it; absent from older studies. */
  codeDigest: z.string().optional(),
  /** Whether all of its builds are there; absent if so. */
  complete: z.boolean().optional(),
  /** Mean load of the machine up to its end; absent if unknown. */
  load: z.number().optional(),
  /** What built it, in turn; absent from JavaScript and older studies. */
  compilers: z.array(z.string()).readonly().optional(),
  /** How it agrees with the same cell in the first engine. */
  agreement: agreement.optional(),
  /** What identical code differed by; 0.01 is 1 %. */
  noiseFloor: z.number().nullable(),
  /** Time of the harness alone, by name. */
  harnessNs: z.record(z.string(), z.number()),
  layouts: z.record(
    z.string(),
    timing,
  ),
  warnings: z.array(warning).readonly(),
});

/** A timed cell, on lp64. */
export type StudyTimedCell = z.infer<typeof timedCell>;

const timed = z.strictObject({
  date: z.string(),
  /**
   * What was between the two readings of the clock: the path, and nothing that
   * is done once a window; absent from studies before 29 November 2026, whose
   * clock held that, too (withdrawn.ts).
   */
  clock: z.literal("path").optional(),
  environment: z.record(z.string(), z.unknown()),
  warnings: z.array(warning).readonly(),
  cells: z.array(timedCell).readonly(),
});

/** The timed half, of one machine on one day. */
export type StudyTimed = z.infer<typeof timed>;

const studySchema = z.strictObject({
  schemaVersion: z.literal(STUDY_SCHEMA_VERSION),
  tool: z.strictObject({
    name: z.string(),
    version: z.string(),
  }),
  seed: z.int(),
  kernel: z.string(),
  columns: z.array(z.string()).readonly(),
  /** Why layouts cannot take part. */
  reasons: z.array(z.string()).readonly(),
  exact: z.array(cell).readonly(),
  gaps: z.array(gap).readonly(),
  timed: timed.nullable(),
});

export type Study = z.infer<typeof studySchema>;

/**
 * @throws {SyntaxError} If it is not JSON.
 * @throws {TypeError} If it is none of this version.
 */
export function readStudy(text: string, fileName: string): Study {
  const checked = studySchema.safeParse(
    parseJson(withNamesOfToday(text), fileName),
  );
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new TypeError(
    `Cannot read "${fileName}": found another ` +
      `${issue?.path.join(".") || "format"}, expected a study` +
      (issue === undefined ? "" : ` with ${expectedBy(issue)} there`),
  );
}

/**
 * Writes a study as text, a line for each layout of a cell, so that a
 * difference between two of them can be read.
 *
 * @returns JSON; ends in a line feed.
 */
export function writeStudy(study: Study): string {
  const line = (value: unknown) => JSON.stringify(value);
  const cell = ({ layouts, ...rest }: { layouts: object }) =>
    `${line(rest).slice(0, -1)},"layouts":{\n${
      Object.entries(layouts).map(([name, own]) => `${line(name)}:${line(own)}`)
        .join(",\n")
    }}}`;
  const { exact, timed, ...head } = study;
  return [
    `${line(head).slice(0, -1)},"exact":[\n`,
    exact.map(cell).join(",\n"),
    `],"timed":`,
    timed === null
      ? "null"
      : `${line({ ...timed, cells: undefined }).slice(0, -1)},"cells":[\n${
        timed.cells.map(cell).join(",\n")
      }]}`,
    "}\n",
  ].join("");
}
