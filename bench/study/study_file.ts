/**
 * The JSON behind the page of results: what the study found, compact enough
 * to be committed. Exact figures are lists in the order of `columns`.
 */
import { z } from "zod";
import { tooDeepAt } from "../files/json_depth.ts";
import type { Interval, Verdict } from "../result/timing_types.ts";
import type { LabWarning } from "../statistics/warning.ts";

/** Version of this format. */
const STUDY_SCHEMA_VERSION = 1;

/** Exact figures of one cell. */
export interface StudyCell {
  readonly abi: string;
  readonly recognition: string;
  readonly workload: string;
  readonly submitter: string;
  /** I/Os that were counted. */
  readonly ios: number;
  /** Digest of the commands of the cell's recognition. */
  readonly digest: string;
  /** Figures by layout, in the order of the file's columns. */
  readonly layouts: Readonly<Record<string, readonly number[]>>;
  /** Layouts that cannot take part, with the index of the reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** A cell that a machine cannot have. */
export interface StudyGap {
  readonly abi: string;
  readonly workload: string;
  readonly reason: string;
}

/** A timed layout. */
export interface StudyTiming {
  readonly nsPerIo: Interval;
  readonly ratio: Interval;
  readonly verdict: Verdict;
  readonly detectable: number | null;
  readonly betweenBirthSpread: number | null;
  /** The ratio on cold caches; absent from older studies. */
  readonly cold?: Interval | undefined;
  /** The ratio as each of the cell's compilers built it, in their order. */
  readonly byCompiler?: readonly number[] | undefined;
}

/** How the engines of a cell agree. */
export interface StudyAgreement {
  /** Kendall's tau-b of their ratios. */
  readonly tau: number | null;
  /** Layouts of which one says faster and the other slower. */
  readonly opposed: readonly string[];
  /** Layouts that only one of them finds different. */
  readonly oneSided: readonly string[];
}

/** A timed cell, on lp64. */
export interface StudyTimedCell {
  readonly recognition: string;
  readonly workload: string;
  readonly submitter: string;
  readonly engine: string;
  readonly births: number;
  readonly rounds: number;
  /** Digest of the code that timed it; absent from older studies. */
  readonly codeDigest?: string | undefined;
  /** Whether all of its builds are there; absent if so. */
  readonly complete?: boolean | undefined;
  /** Mean load of the machine up to its end; absent where nobody says. */
  readonly load?: number | undefined;
  /** What built it, in turn; absent from JavaScript and older studies. */
  readonly compilers?: readonly string[] | undefined;
  /** How it agrees with the same cell in the first engine. */
  readonly agreement?: StudyAgreement | undefined;
  /** What identical code differed by; 0.01 is 1 %. */
  readonly noiseFloor: number | null;
  /** Time of the harness alone, by name. */
  readonly harnessNs: Readonly<Record<string, number>>;
  readonly layouts: Readonly<Record<string, StudyTiming>>;
  readonly warnings: readonly LabWarning[];
}

/** The timed half, of one machine on one day. */
export interface StudyTimed {
  readonly date: string;
  /**
   * What was between the two readings of the clock: the path, and nothing that
   * is done once a window; absent from studies before 29 November 2026, whose
   * clock held that, too (withdrawn.ts).
   */
  readonly clock?: "path" | undefined;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly warnings: readonly LabWarning[];
  readonly cells: readonly StudyTimedCell[];
}

/** The whole study. */
export interface Study {
  readonly schemaVersion: typeof STUDY_SCHEMA_VERSION;
  readonly tool: { readonly name: string; readonly version: string };
  readonly seed: number;
  readonly kernel: string;
  /** Names of the exact figures. */
  readonly columns: readonly string[];
  /** Why layouts cannot take part. */
  readonly reasons: readonly string[];
  readonly exact: readonly StudyCell[];
  readonly gaps: readonly StudyGap[];
  readonly timed: StudyTimed | null;
}

const interval = z.strictObject({
  median: z.number().gt(0),
  low: z.number().gt(0).nullable(),
  high: z.number().gt(0).nullable(),
});
const warning = z.looseObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

const studySchema: z.ZodType<Study> = z.strictObject({
  schemaVersion: z.literal(STUDY_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  seed: z.int(),
  kernel: z.string(),
  columns: z.array(z.string()),
  reasons: z.array(z.string()),
  exact: z.array(z.strictObject({
    abi: z.string(),
    recognition: z.string(),
    workload: z.string(),
    submitter: z.string(),
    ios: z.int(),
    digest: z.string(),
    layouts: z.record(z.string(), z.array(z.number())),
    leftOut: z.record(z.string(), z.int()),
  })),
  gaps: z.array(z.strictObject({
    abi: z.string(),
    workload: z.string(),
    reason: z.string(),
  })),
  timed: z.strictObject({
    date: z.string(),
    clock: z.literal("path").optional(),
    environment: z.record(z.string(), z.unknown()),
    warnings: z.array(warning),
    cells: z.array(z.strictObject({
      recognition: z.string(),
      workload: z.string(),
      submitter: z.string(),
      engine: z.string(),
      births: z.int(),
      rounds: z.int(),
      codeDigest: z.string().optional(),
      complete: z.boolean().optional(),
      load: z.number().optional(),
      compilers: z.array(z.string()).optional(),
      agreement: z.strictObject({
        tau: z.number().nullable(),
        opposed: z.array(z.string()),
        oneSided: z.array(z.string()),
      }).optional(),
      noiseFloor: z.number().nullable(),
      harnessNs: z.record(z.string(), z.number()),
      layouts: z.record(
        z.string(),
        z.strictObject({
          nsPerIo: interval,
          ratio: interval,
          verdict: z.enum(["faster", "slower", "no difference shown"]),
          detectable: z.number().nullable(),
          betweenBirthSpread: z.number().nullable(),
          cold: interval.optional(),
          byCompiler: z.array(z.number().gt(0)).optional(),
        }),
      ),
      warnings: z.array(warning),
    })),
  }).nullable(),
});

/**
 * Reads the text of a study.
 *
 * @param text The file's text.
 * @param fileName Its name, for messages.
 * @returns The study, checked.
 * @throws {TypeError} If it is none of this version.
 */
export function readStudy(text: string, fileName: string): Study {
  let value: unknown;
  try {
    if (tooDeepAt(text) >= 0) throw new RangeError("too many levels");
    value = JSON.parse(text);
  } catch {
    throw new TypeError(
      `Cannot read "${fileName}": it is no whole JSON, expected a study`,
    );
  }
  const checked = studySchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new TypeError(
    `Cannot read "${fileName}": ${issue?.path.join(".") || "the file"}: ` +
      `${issue?.message ?? "found another format"}, expected a study of ` +
      `schemaVersion ${STUDY_SCHEMA_VERSION}`,
  );
}

/**
 * Writes a study as text, a line for each layout of a cell, so that a
 * difference between two of them can be read.
 *
 * @param study The study.
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
