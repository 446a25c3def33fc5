/**
 * fio job files: an ini file of jobs, read for the options that decide which
 * I/Os there are. Other options of fio are named in a warning; what fio does
 * not know either is an error.
 */
import { plural } from "../text/plural.ts";
import { z } from "zod";
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { type Idle, idleReason } from "./fio_engines.ts";
import { DRAFT_DEFAULTS, type JobDraft } from "./fio_draft.ts";
import { DENO_HOST, type FioHost } from "./fio_host.ts";
import {
  cutComment,
  type FioPlace,
  type FioSection,
  jobFileError,
  jobSections,
  nestedPath,
  sectionTitle,
} from "./fio_lines.ts";
import { hasNoSize } from "./fio_regions.ts";
import { checkJob } from "./fio_job_check.ts";
import { readOptions } from "./fio_section.ts";
import { FioRemarks, fioWarnings } from "./fio_remarks.ts";
import { fioNames } from "./fio_file_names.ts";
import { placeFiles } from "./fio_places.ts";
import { setUpJobs, type UnplacedJob } from "./fio_setup.ts";
import { longSize } from "./fio_long_sizes.ts";
import type { IoJob } from "./io_job.ts";
import { EXPECTED_RW } from "./io_limits.ts";
import type { WorkloadWarning } from "./tally.ts";
import { HEAD_BYTES } from "../text/headed_stream.ts";

/** Longest job file; fio's own are a few KiB. */
export const LONGEST_JOB_FILE_BYTES: number = 2 ** 20;

/** Jobs of one file at most, numjobs counted. */
const MOST_JOBS = 4096;

/** Files of all jobs at most. */
const MOST_FILES = 65536;

/** Where a job file names a trace. */
export interface FioReplay {
  readonly at: FioPlace;
  /** The name as written. */
  readonly name: string;
}

/** A job file that has been read. */
export interface FioJobFile {
  /** The jobs, each as often as numjobs says. */
  readonly jobs: readonly IoJob[];
  /** How many files they use. */
  readonly files: number;
  /** Where the traces are named that jobs replay. */
  readonly replays: ReadonlyMap<IoJob, FioReplay>;
  /** Options that the lab does not use, and what it reads otherwise. */
  readonly warnings: readonly WorkloadWarning[];
}

/** What a job file may draw on beside its text. */
export interface FioJobOptions {
  /** Texts of files that it may include, by path. Default: none. */
  readonly included?: ReadonlyMap<string, string>;
  /** The machine whose environment it may ask for. Default: this one. */
  readonly host?: FioHost;
  /**
   * Its path, in whose folder the files are that it names. Default: its name.
   */
  readonly path?: string | undefined;
}

/**
 * Returns whether a text is a job file: its first line that is not a comment is
 * a section, or there are only comments as far as can be seen.
 */
export function isFioJobFile(head: Uint8Array): boolean {
  const lines = new TextDecoder().decode(head).split(/\r?\n/);
  const first = lines.map(cutComment).find((line) => line.trim() !== "");
  if (first !== undefined) return sectionTitle(first) !== null;
  return head.length >= HEAD_BYTES && /^\s*[;#]/.test(lines.join("\n"));
}

const jobOptionsSchema = z.strictObject(
  {
    included: valueOf(
      "a Map of texts by path",
      (value) => value instanceof Map,
    ).optional(),
    host: valueOf<FioHost>("a FioHost", () => true).optional(),
    path: z.string().optional(),
  } satisfies Record<keyof FioJobOptions, z.ZodType>,
);

/**
 * Reads a job file.
 *
 * @throws {SyntaxError} If a line, an option or a value is malformed.
 *
 * @example 70 % reads of 4 KiB
 * ```ts
 * import { parseFioJobs } from "./fio_job.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { jobs } = parseFioJobs("j.fio", "[j]\nrw=randrw\nrwmixread=70\n");
 * assertEquals(jobs[0]?.readPercent, 70);
 * ```
 */
export function parseFioJobs(
  name: string,
  text: string,
  options: FioJobOptions = {},
): FioJobFile {
  checkString("read a fio job file", "name", name);
  checkString("read a fio job file", "text", text);
  checkValue("read a fio job file", jobOptionsSchema, options, "options");
  const { included = new Map(), host = DENO_HOST, path = name } = options;
  const sections = jobSections(name, text, { included, path });
  return new JobFileParser(name, { host, path }).parse(sections);
}

class JobFileParser {
  readonly #name: string;
  readonly #host: FioHost;
  readonly #path: string;
  readonly #remarks = new FioRemarks();
  readonly #jobs: UnplacedJob[] = [];
  readonly #replays: FioReplay[] = [];
  /** Names that wait_for may give, and how many sections have them. */
  readonly #groups = new Map<string, number>();
  #files = 0;
  /** Why the first job that does no I/O does none. */
  #idle: Idle | null = null;

  constructor(name: string, options: { host: FioHost; path: string }) {
    this.#name = name;
    this.#host = options.host;
    this.#path = options.path;
  }

  parse(sections: readonly FioSection[]): FioJobFile {
    // fio takes every title that begins so, and adds to what it said before.
    let global = DRAFT_DEFAULTS;
    const context = { host: this.#host, remarks: this.#remarks };
    for (const section of sections) {
      const draft = { ...global, name: null };
      readOptions(draft, section, context);
      if (section.name.startsWith("global")) global = draft;
      else this.#section(section, draft);
    }
    const [first] = sections;
    const start = first?.at ?? { file: this.#name, line: 1, column: 1 };
    if (this.#groups.size === 0) {
      throw jobFileError(start, "", "a section other than [global]");
    }
    if (this.#jobs.length === 0) {
      const { found, why } = this.#idle ?? { found: "", why: "" };
      throw jobFileError(
        start,
        found,
        `a job that reads, writes or trims a file or a device; ${why}`,
      );
    }
    const placed = placeFiles(this.#jobs);
    if ("expected" in placed) {
      throw jobFileError(start, placed.found, placed.expected);
    }
    const { jobs, files } = placed;
    const replaying = jobs.filter((job) => job.replay !== null);
    const replays = new Map<IoJob, FioReplay>();
    for (const [i, replay] of this.#replays.entries()) {
      const job = replaying[i];
      if (job !== undefined) replays.set(job, replay);
    }
    return {
      jobs,
      files,
      replays,
      warnings: fioWarnings(this.#name, this.#remarks),
    };
  }

  #section(section: FioSection, draft: JobDraft): void {
    const { name: title, at } = section;
    this.#waitFor(section, draft);
    const group = draft.name ?? title;
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
    const idle = idleReason(draft);
    if (idle !== null) {
      this.#idle ??= idle;
      this.#remarks.leftOut.set(title, `${idle.found}: ${idle.why}`);
      return;
    }
    this.#files += draft.numjobs *
      Math.max(draft.nrFiles, draft.filenames.length);
    if (this.#files > MOST_FILES) {
      throw jobFileError(at, title, `at most ${MOST_FILES} files of all jobs`);
    }
    const traces = this.#traces(draft, at);
    const long = traces.length > 0 ? null : longSize(draft);
    if (long !== null) {
      const { key, value, valueAt } = long;
      const found = value?.trim() ?? "";
      throw jobFileError(valueAt, found, `${key} to be ${EXPECTED_RW}`);
    }
    const jobs = setUpJobs({
      title,
      draft,
      replayPaths: traces.map(({ path }) => path),
    });
    if ("expected" in jobs) {
      throw jobFileError(
        at,
        jobs.found,
        `job "${title}" to have ${jobs.expected}`,
      );
    }
    const remarks = this.#remarks;
    for (const job of jobs) checkJob(job, { at, title, draft, remarks });
    if (jobs.length < draft.numjobs) {
      remarks.quirks.add(
        `job "${title}": ${jobs.length} of ${draft.numjobs} copies do ` +
          "I/O, for fio gives the others no file where their names are taken",
      );
    }
    if (traces.length === 0 && hasNoSize(draft)) remarks.noSize.push(title);
    for (const { job } of jobs) {
      const trace = traces.find(({ path }) => path === job.replay?.path);
      if (trace !== undefined) this.#replays.push(trace.replay);
    }
    this.#jobs.push(...jobs);
    if (this.#jobs.length > MOST_JOBS) {
      const found = plural(this.#jobs.length, "job");
      throw jobFileError(at, found, `at most ${MOST_JOBS}`);
    }
  }

  #waitFor({ name: title, at }: FioSection, { waitFor, name }: JobDraft): void {
    if (waitFor === null) return;
    const isSelf = waitFor === (name ?? title);
    if (!isSelf && this.#groups.get(waitFor) === 1) return;
    throw jobFileError(
      at,
      "wait_for",
      `job "${title}" to wait for one section before it`,
    );
  }

  #traces(
    { readIolog, readIologOption }: JobDraft,
    section: FioPlace,
  ): { path: string; replay: FioReplay }[] {
    if (readIolog === null) return [];
    const at = readIologOption?.valueAt ?? section;
    const told = readIologOption?.value?.trim() ?? "";
    return fioNames(readIolog).map((named) => {
      // What a variable holds is for no message.
      const name = told.includes("$") ? told : named;
      const path = named === "-"
        ? null
        : nestedPath(this.#path, this.#path, named);
      if (path !== null) return { path, replay: { at, name } };
      throw jobFileError(
        at,
        name,
        "read_iolog to be a trace in the folder of the job file or below; " +
          "another can be a workload itself",
      );
    });
  }
}
