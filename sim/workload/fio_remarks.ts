/** What is to be said about a job file, each kind once. */
import { printableLine } from "../text/printable.ts";
import { UNUSED_REASONS, type UnusedReason } from "./fio_options.ts";
import type { WorkloadWarning } from "./tally.ts";

/** Collects remarks. */
export class FioRemarks {
  /** Values that fio reads otherwise than they look, with their bytes. */
  readonly odd: Map<string, number> = new Map();
  readonly #name: string;
  readonly #unused = new Map<string, UnusedReason>();
  readonly #noSize: string[] = [];
  readonly #leftOut = new Map<string, string>();
  readonly #ofHost = new Set<string>();
  readonly #unread = new Set<string>();
  readonly #quirks = new Set<string>();
  readonly #noMap: string[] = [];

  /**
   * Makes a list without remarks.
   *
   * @param name Name of the job file.
   */
  constructor(name: string) {
    this.#name = name;
  }

  /** Notes an option that the lab does not use. */
  unused(option: string, reason: UnusedReason): void {
    this.#unused.set(option, reason);
  }

  /** Notes a job without a size. */
  noSize(job: string): void {
    this.#noSize.push(job);
  }

  /** Notes a job that does no I/O. */
  leaveOut(job: string, reason: string): void {
    this.#leftOut.set(job, reason);
  }

  /** Notes something that was taken from the machine. */
  ofHost(word: string): void {
    this.#ofHost.add(word);
  }

  /**
   * Notes a name with a variable that may not be read.
   *
   * @param option The option with the name.
   */
  unread(option: string): void {
    this.#unread.add(option);
  }

  /** Notes a job with more blocks than a map has. */
  noMap(job: string): void {
    this.#noMap.push(job);
  }

  /** Notes a peculiarity of fio. */
  quirk(remark: string): void {
    this.#quirks.add(remark);
  }

  /**
   * Gives the remarks.
   *
   * @returns At most one of each kind.
   */
  warnings(): WorkloadWarning[] {
    const file = `job file "${this.#name}"`;
    const warnings: WorkloadWarning[] = [];
    if (this.#noSize.length > 0) {
      warnings.push({
        code: "no-job-size",
        message: `${quoted(this.#noSize)} no size`,
        hint: "1 GiB is taken for that of the file or device; add size= or " +
          "filesize=",
      });
    }
    if (this.#leftOut.size > 0) {
      warnings.push({
        code: "jobs-without-io",
        message: `${file}: left out: ` +
          [...this.#leftOut].map(([job, reason]) => `"${job}" for ${reason}`)
            .join("; "),
        hint: "they do no I/O to a file or a device",
      });
    }
    if (this.odd.size > 0) {
      warnings.push({
        code: "fio-units",
        message: `${file}: as fio 3.33 reads them: ` +
          [...this.odd].map(([text, bytes]) =>
            `"${text}" is ${bytes} ${bytes === 1 ? "byte" : "bytes"}`
          ).join(", "),
        hint: "fio wants no blank before a number, decimal digits before a " +
          "unit, and KiB for the opposite of k",
      });
    }
    if (this.#ofHost.size > 0) {
      warnings.push({
        code: "of-this-machine",
        message: `${file}: taken from this machine: ` +
          [...this.#ofHost].join(", "),
        hint: "another machine may give other I/Os",
      });
    }
    if (this.#unread.size > 0) {
      warnings.push({
        code: "unread-environment",
        message: `${file}: taken as one name: ${[...this.#unread].join(", ")}`,
        hint: "the lab may read variables that begin with FIO_, and others " +
          "with deno run --allow-env=NAME",
      });
    }
    if (this.#noMap.length > 0) {
      warnings.push({
        code: "no-random-map",
        message: `${quoted(this.#noMap)} more blocks than a map of 2^29`,
        hint: "I/Os of different sizes may meet a block twice, as with " +
          "norandommap=1",
      });
    }
    if (this.#quirks.size > 0) {
      warnings.push({
        code: "fio-quirk",
        message: [...this.#quirks].join("; "),
        hint: "the lab does as fio 3.33",
      });
    }
    if (this.#unused.size > 0) {
      warnings.push({
        code: "unused-fio-options",
        message: `${file}: not used here: ` +
          [...this.#unused.keys()].sort().join(", "),
        hint: this.#reasons(),
      });
    }
    // Names of jobs and files are the words of whoever wrote the file.
    return warnings.map((warning) => ({
      ...warning,
      message: printableLine(warning.message),
    }));
  }

  /** The options by reason, in a sentence. */
  #reasons(): string {
    const byReason = new Map<UnusedReason, string[]>();
    for (const [option, reason] of this.#unused) {
      const options = byReason.get(reason) ?? [];
      options.push(option);
      byReason.set(reason, options);
    }
    return [...byReason].map(([reason, options]) =>
      `${options.sort().join(", ")}: ${UNUSED_REASONS[reason]}`
    ).join("; ");
  }
}

function quoted(jobs: readonly string[]): string {
  const names = jobs.map((job) => `"${job}"`).join(", ");
  return jobs.length === 1 ? `job ${names} has` : `jobs ${names} have`;
}
