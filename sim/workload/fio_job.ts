/**
 * fio job files: an ini file of jobs, read for the options that decide which
 * I/Os there are. Other options of fio are named in a warning; what fio does
 * not know either is an error.
 */
import { closestString } from "@std/text/closest-string";
import { inputError } from "./input_error.ts";
import { FIO_OPTIONS } from "./fio_options.ts";
import { JOB_ALIASES, JOB_SETTERS, type JobDraft } from "./fio_settings.ts";
import { type IoJob, JOB_DEFAULTS, mostBytes } from "./io_job.ts";
import type { WorkloadWarning } from "./tally.ts";

/** Longest job file; fio's own are a few KiB. */
export const LONGEST_JOB_FILE_BYTES: number = 2 ** 20;

/** Jobs of one file at most, numjobs counted. */
const MOST_JOBS = 4096;

/** A job file that has been read. */
export interface FioJobFile {
  /** The jobs, each as often as numjobs says. */
  readonly jobs: readonly IoJob[];
  /** Options that the lab does not use. */
  readonly warnings: readonly WorkloadWarning[];
}

/**
 * Tells whether a text is a job file: its first line that is no comment is a
 * section.
 *
 * @param head The first bytes.
 * @returns True if it is one.
 */
export function isFioJobFile(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head);
  const first = text.split(/\r?\n/).map((line) => line.trim())
    .find((line) => line !== "" && !/^[;#]/.test(line));
  return first !== undefined && /^\[[^\]]+\]$/.test(first);
}

/**
 * Reads a job file.
 *
 * @param name Name of the file, for errors.
 * @param text Its text.
 * @returns Its jobs, and what was not used.
 * @throws {SyntaxError} If a line, an option or a value is malformed.
 *
 * @example 70 % reads of 4 KiB
 * ```ts
 * import { parseFioJobs } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const { jobs } = parseFioJobs("j.fio", "[j]\nrw=randrw\nrwmixread=70\n");
 * assertEquals(jobs[0]?.readPercent, 70);
 * ```
 */
export function parseFioJobs(name: string, text: string): FioJobFile {
  return new JobFileParser(name).parse(text);
}

class JobFileParser {
  readonly #name: string;
  readonly #unused = new Set<string>();
  readonly #warnings: WorkloadWarning[] = [];
  #line = 0;

  constructor(name: string) {
    this.#name = name;
  }

  parse(text: string): FioJobFile {
    let global: JobDraft = {
      ...JOB_DEFAULTS,
      copies: 1,
      hasSize: false,
      hasIoSize: false,
    };
    let section: JobDraft | null = null;
    const jobs: IoJob[] = [];
    // fio lets a later [global] hold for the sections behind it.
    const close = () => {
      if (section === null) return;
      if (section.name === "global") global = section;
      else jobs.push(...this.#finish(section));
    };
    for (const raw of text.split(/\r?\n/)) {
      this.#line++;
      const line = raw.trim();
      const column = raw.length - raw.trimStart().length + 1;
      if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
      if (line.startsWith("[")) {
        close();
        const title = /^\[([^\]]+)\]$/.exec(line)?.[1];
        if (title === undefined) this.#fail(column, line, "a section [name]");
        section = { ...global, name: title ?? "" };
        continue;
      }
      if (section === null) {
        this.#fail(column, line, "a section [name] before any option");
      } else this.#option(section, { line, column });
    }
    close();
    if (jobs.length === 0) {
      this.#fail(1, "", "a section other than [global]");
    }
    if (jobs.length > MOST_JOBS) {
      this.#fail(1, `${jobs.length} jobs`, `at most ${MOST_JOBS}`);
    }
    if (this.#unused.size > 0) {
      this.#warnings.push({
        code: "unused-fio-options",
        message: `job file "${this.#name}": not used here: ` +
          [...this.#unused].sort().join(", "),
        hint: "they do not change which I/Os there are, or are not modelled",
      });
    }
    return { jobs, warnings: this.#warnings };
  }

  #option(draft: JobDraft, at: { line: string; column: number }): void {
    const { line, column } = at;
    const equals = line.indexOf("=");
    const key = (equals < 0 ? line : line.slice(0, equals)).trim();
    const value = equals < 0 ? "" : line.slice(equals + 1).trim();
    const option = JOB_ALIASES.get(key) ?? key;
    const set = JOB_SETTERS.get(option);
    if (set === undefined) {
      if (!FIO_OPTIONS.has(key)) {
        const known = [
          ...FIO_OPTIONS,
          ...JOB_SETTERS.keys(),
          ...JOB_ALIASES.keys(),
        ];
        const nearest = closestString(key, known);
        this.#fail(column, key, `an option of fio such as "${nearest}"`);
      }
      this.#unused.add(key);
      return;
    }
    const expected = set(draft, value);
    if (expected === null) return;
    const lead = line.length - line.slice(equals + 1).trimStart().length;
    this.#fail(
      equals < 0 ? column + line.length : column + lead,
      value,
      `${key} to be ${expected}`,
    );
  }

  #finish(draft: JobDraft): IoJob[] {
    const { copies, hasSize, hasIoSize, ...job } = draft;
    if (!hasSize) {
      this.#warnings.push({
        code: "no-job-size",
        message: `job "${job.name}" has no size`,
        hint: `it runs over ${job.sizeBytes} bytes; add size=`,
      });
    }
    if (!hasIoSize) job.ioBytes = job.sizeBytes;
    if (job.batch === 0) job.batch = job.depth;
    const most = Math.max(...job.sizes.map(mostBytes));
    if (most > job.sizeBytes) {
      this.#fail(
        1,
        `an I/O of ${most} bytes in a size of ${job.sizeBytes}`,
        `job "${job.name}" to have a size that holds its I/Os`,
      );
    }
    if (job.offsetBytes + job.sizeBytes > Number.MAX_SAFE_INTEGER) {
      this.#fail(
        1,
        `offset ${job.offsetBytes}`,
        `job "${job.name}" to end below 2^53`,
      );
    }
    if (copies === 1) return [job];
    return Array.from({ length: copies }, (_, copy) => ({
      ...job,
      name: `${job.name}.${copy}`,
      waits: job.waits && copy === 0,
    }));
  }

  #fail(column: number, found: string, expected: string): never {
    throw inputError({
      kind: "fio job file",
      name: this.#name,
      where: `line ${this.#line}, column ${column}`,
      found: found === "" ? "nothing" : JSON.stringify(found.slice(0, 40)),
      expected,
    });
  }
}
