/** What fio itself does with a job file: its iologs, section by section. */
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { type IoJob, runJobs } from "../../../sim/workload/io_job.ts";
import { askWitness } from "../../bench/witness.ts";

/** An I/O: its operation, the number of its file, its first byte and length. */
export type LoggedIo = readonly [
  op: string,
  file: number,
  offset: number,
  length: number,
];

/** The version whose semantics the lab follows. */
const VERSION = "fio-3.33";

const SECTOR = 512;
const OPS = ["read", "write", "sync", "trim"];

/**
 * Runs fio on sections, all at a time, each with a log of its own.
 *
 * @param sections Titles and options of the sections.
 * @param options The text of [global], and files to make before, by size.
 * @returns What each section's job did, by title; undefined, and a line on
 *   stderr, where fio 3.33 is not installed.
 */
export async function fioLogs(
  sections: ReadonlyMap<string, string>,
  options: { global?: string; files?: Readonly<Record<string, number>> } = {},
): Promise<Map<string, LoggedIo[]> | undefined> {
  const cwd = await Deno.makeTempDir({ prefix: "fio_witness" });
  try {
    const version = await askWitness("fio", ["--version"], { cwd });
    if (version === undefined) return undefined;
    if (version.out.trim() !== VERSION) {
      const text = `NOT RUN: found ${version.out.trim()}, wanted ${VERSION}\n`;
      Deno.stderr.writeSync(new TextEncoder().encode(text));
      return undefined;
    }
    for (const [name, size] of Object.entries(options.files ?? {})) {
      await Deno.writeFile(`${cwd}/${name}`, new Uint8Array(size));
    }
    await Deno.writeTextFile(
      `${cwd}/jobs.fio`,
      jobFile(
        sections,
        options.global,
        (title) => `write_iolog=${title}.log\n`,
      ),
    );
    const ran = await askWitness("fio", ["--output=out", "jobs.fio"], { cwd });
    const out = await Deno.readTextFile(`${cwd}/out`);
    if (!ran?.success) throw new Error(`fio failed: ${ran?.err}\n${out}`);
    const logs = new Map<string, LoggedIo[]>();
    for (const title of sections.keys()) {
      logs.set(title, parseLog(await Deno.readTextFile(`${cwd}/${title}.log`)));
    }
    return logs;
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** The text of a job file of these sections. */
export function jobFile(
  sections: ReadonlyMap<string, string>,
  global = "",
  more: (title: string) => string = () => "",
): string {
  return `[global]\n${global}\n` +
    [...sections].map(([title, text]) =>
      `[${title}]\n${text.trimEnd()}\n${more(title)}`
    ).join("");
}

/** I/Os of an iolog of version 3. */
function parseLog(text: string): LoggedIo[] {
  const files: string[] = [];
  const ios: LoggedIo[] = [];
  for (const line of text.split("\n")) {
    const [, name = "", action = "", offset, length] = line.split(" ");
    if (action === "add" && !files.includes(name)) files.push(name);
    if (length === undefined) continue;
    const file = files.indexOf(name);
    ios.push(...asInLab([action, file, Number(offset), Number(length)]));
  }
  return ios;
}

/**
 * An I/O of a log in the form that the lab gives it: whole sectors, flushes
 * without a place, and no sync_file_range.
 */
export function asInLab([op, file, offset, length]: LoggedIo): LoggedIo[] {
  if (op === "sync_file_range") return [];
  if (op === "sync" || op === "datasync") return [["sync", 0, 0, 0]];
  const start = Math.floor(offset / SECTOR) * SECTOR;
  const end = Math.ceil((offset + length) / SECTOR) * SECTOR;
  return [[op, file, start, end - start]];
}

/**
 * What the lab makes of the same sections.
 *
 * @param sections Titles and options of the sections.
 * @param options The text of [global], and the seed.
 * @returns What each section's jobs did, by title; copies one by one.
 */
export function labLogs(
  sections: ReadonlyMap<string, string>,
  options: { global?: string; seed?: number } = {},
): Map<string, LoggedIo[]> {
  const { jobs } = parseFioJobs("jobs.fio", jobFile(sections, options.global));
  const logs = new Map<string, LoggedIo[]>();
  for (const job of jobs) {
    const ios = logs.get(job.group) ?? [];
    ios.push(...iosOf(job, options.seed ?? 1));
    logs.set(job.group, ios);
  }
  return logs;
}

function iosOf(job: IoJob, seed: number): LoggedIo[] {
  const rows = new BatchBuilder();
  const ios: LoggedIo[] = [];
  for (const batch of runJobs([{ ...job, waits: false }], { seed, rows })) {
    for (let i = 0; i < batch.count; i++) {
      const op = OPS[batch.op[i] ?? 0] ?? "";
      const at = batch.offsetBytes[i] ?? 0;
      const length = batch.lengthBytes[i] ?? 0;
      if (op === "sync") ios.push([op, 0, 0, 0]);
      else {
        const file = job.files.findLastIndex((file) => file.baseBytes <= at);
        ios.push([op, file, at - (job.files[file]?.baseBytes ?? 0), length]);
      }
    }
  }
  return ios;
}
