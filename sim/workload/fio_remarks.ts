/** What is to be said about a job file, each kind once. */
import { printableLine } from "../text/printable.ts";
import { UNUSED_REASONS, type UnusedReason } from "./fio_options.ts";
import type { WorkloadWarning } from "./tally.ts";

/** What was noticed while a job file was read. */
export class FioRemarks {
  /** Jobs without a size. */
  readonly noSize: string[] = [];
  /** Jobs that do no I/O, and why. */
  readonly leftOut: Map<string, string> = new Map();
  /** Values that fio reads otherwise than they look, with their bytes. */
  readonly odd: Map<string, number> = new Map();
  /** What was taken from the machine. */
  readonly ofHost: Set<string> = new Set();
  /** Names with a variable that may not be read. */
  readonly unread: Set<string> = new Set();
  /** Jobs with more blocks than a map has. */
  readonly noMap: string[] = [];
  /** Peculiarities of fio. */
  readonly quirks: Set<string> = new Set();
  /** Options that the lab does not use. */
  readonly unused: Map<string, UnusedReason> = new Map();
}

/** Returns the remarks. */
export function fioWarnings(
  name: string,
  remarks: FioRemarks,
): WorkloadWarning[] {
  // Names of jobs and files are the words of whoever wrote the file.
  return kindsOf(`job file "${name}"`, remarks)
    .filter(({ times }) => times > 0)
    .map(({ code, message, hint }) => ({
      code,
      message: printableLine(message),
      hint,
    }));
}

function kindsOf(
  file: string,
  remarks: FioRemarks,
): (WorkloadWarning & { readonly times: number })[] {
  return [
    {
      times: remarks.noSize.length,
      code: "no-job-size",
      message: `${quoted(remarks.noSize)} no size`,
      hint: "1 GiB is taken for that of the file or device; add size= or " +
        "filesize=",
    },
    {
      times: remarks.leftOut.size,
      code: "jobs-without-io",
      message: `${file}: left out: ${reasons(remarks.leftOut)}`,
      hint: "they do no I/O to a file or a device",
    },
    {
      times: remarks.odd.size,
      code: "fio-units",
      message: `${file}: as fio 3.33 reads them: ${values(remarks.odd)}`,
      hint: "fio wants no blank before a number, decimal digits before a " +
        "unit, and KiB for the opposite of k",
    },
    {
      times: remarks.ofHost.size,
      code: "of-this-machine",
      message: `${file}: taken from this machine: ${list(remarks.ofHost)}`,
      hint: "another machine may give other I/Os",
    },
    {
      times: remarks.unread.size,
      code: "unread-environment",
      message: `${file}: taken as one name: ${list(remarks.unread)}`,
      hint: "the lab may read variables that begin with FIO_, and others " +
        "with deno run --allow-env=NAME",
    },
    {
      times: remarks.noMap.length,
      code: "no-random-map",
      message: `${quoted(remarks.noMap)} more blocks than a map of 2^29`,
      hint: "I/Os of different sizes may meet a block twice, as with " +
        "norandommap=1",
    },
    {
      times: remarks.quirks.size,
      code: "fio-quirk",
      message: [...remarks.quirks].join("; "),
      hint: "the lab does as fio 3.33",
    },
    {
      times: remarks.unused.size,
      code: "unused-fio-options",
      message: `${file}: not used here: ` +
        list([...remarks.unused.keys()].sort()),
      hint: byReason(remarks.unused),
    },
  ];
}

function quoted(jobs: readonly string[]): string {
  const names = list(jobs.map((job) => `"${job}"`));
  return jobs.length === 1 ? `job ${names} has` : `jobs ${names} have`;
}

function list(words: Iterable<string>): string {
  return [...words].join(", ");
}

function reasons(leftOut: FioRemarks["leftOut"]): string {
  return [...leftOut].map(([job, why]) => `"${job}" for ${why}`).join("; ");
}

function values(odd: FioRemarks["odd"]): string {
  return list(
    [...odd].map(([text, bytes]) =>
      `"${text}" is ${bytes} ${bytes === 1 ? "byte" : "bytes"}`
    ),
  );
}

/** Options by reason, in a sentence. */
function byReason(unused: FioRemarks["unused"]): string {
  const groups = Map.groupBy(unused, ([, reason]) => reason);
  return [...groups].map(([reason, options]) =>
    `${list(options.map(([name]) => name).sort())}: ${UNUSED_REASONS[reason]}`
  ).join("; ");
}
