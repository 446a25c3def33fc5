/**
 * What folders of a sweep hold together: whether their files are of one plan,
 * one lab and one commit, whether all jobs are done, and whether what was made
 * twice is the same. What is missing or contradicts is named. Nothing is
 * decided by a date or a clock: those of several machines disagree.
 */
import { differences, MACHINE_KEYS } from "../result/likeness.ts";
import type { ResultCell } from "../result/result.ts";
import { type CellFile, cellPath, readCellFile } from "./cell_file.ts";
import { MANIFEST, type Manifest, readManifest } from "./manifest.ts";
import { digestOf, type JobKind } from "./sweep_cell.ts";

export type SweepMachine = Readonly<Record<string, unknown>>;

/** A cell of a plan, and where its files are. */
export interface FoundCell {
  readonly entry: Manifest["cells"][number];
  /** The file of each job that is done. */
  readonly files: ReadonlyMap<JobKind, string>;
  /** Which machine its times are of; nothing where it is not timed. */
  readonly machine: number | undefined;
}

export interface Survey {
  readonly manifest: Manifest;
  /** What all files were made with. */
  readonly made: SweepMachine;
  readonly machines: readonly SweepMachine[];
  readonly cells: readonly FoundCell[];
  /** Jobs that no folder has, such as `exact/ID`. */
  readonly missing: readonly string[];
  /** What contradicts, each a sentence; nothing may be merged then. */
  readonly problems: readonly string[];
  /** Cells that several folders have, alike. */
  readonly repeated: number;
}

/** What files have to be alike in, and where they say it. */
const ALIKE: readonly (readonly [string, (file: CellFile) => unknown])[] = [
  ["version", ({ tool }) => tool.version],
  ["commit", ({ environment }) => environment["commit"] ?? null],
  ["code digest", ({ environment }) => environment["codeDigest"] ?? null],
];

/**
 * Looks through folders.
 *
 * @throws {RangeError} If a folder has no plan, or they are of several plans.
 */
export async function surveyFolders(
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<Survey> {
  const manifest = await onePlan(folders);
  const problems: string[] = [];
  const missing: string[] = [];
  const machines: SweepMachine[] = [];
  const cells: FoundCell[] = [];
  let first: { file: CellFile; path: string } | undefined;
  let repeated = 0;
  for (const entry of manifest.cells) {
    signal?.throwIfAborted();
    const files = new Map<JobKind, string>();
    let machine: number | undefined;
    let exact: { cell: ResultCell; path: string } | undefined;
    for (const job of entry.jobs) {
      let own: CellFile | undefined;
      for (const folder of folders) {
        const path = cellPath(folder, job, entry.id);
        const file = await fileAt(path, problems);
        if (file === undefined) continue;
        const unlike = wrongPlace(file, { job, entry, manifest });
        if (unlike !== undefined) {
          problems.push(`${path} is ${unlike}`);
          continue;
        }
        first ??= { file, path };
        problems.push(...unlikeFiles(first, { file, path }));
        exact ??= { cell: file.cell, path };
        const figure = unequalExact(exact.cell, file.cell);
        if (figure !== undefined) {
          problems.push(
            `${exact.path} and ${path} have other exact figures: ${figure}`,
          );
        }
        if (own === undefined) {
          own = file;
          files.set(job, path);
          if (job === "timed") machine = machineOf(file, machines);
        } else if (job === "timed" && digestOf(own) !== digestOf(file)) {
          problems.push(
            `${
              files.get(job)
            } and ${path} are times of one cell, expected one of ` +
              "them to be removed",
          );
        } else repeated++;
      }
      if (own === undefined) missing.push(`${job}/${entry.id}`);
    }
    cells.push({ entry, files, machine });
  }
  const made = first === undefined ? {} : Object.fromEntries(
    ALIKE.map(([name, of]) => [
      name.replace(" d", "D"),
      of((first as { file: CellFile }).file),
    ]),
  );
  return { manifest, made, machines, cells, missing, problems, repeated };
}

async function onePlan(folders: readonly string[]): Promise<Manifest> {
  let first: { manifest: Manifest; folder: string } | undefined;
  for (const folder of folders) {
    const manifest = await readManifest(folder);
    if (manifest === undefined) {
      throw new RangeError(
        `Cannot merge "${folder}": found no ${MANIFEST}, expected the folder ` +
          "of lab sweep --out",
      );
    }
    if (digestOf(manifest.cells.map(({ id }) => id)) !== manifest.digest) {
      throw new RangeError(
        `Cannot merge "${folder}": found other cells in its ${MANIFEST} than ` +
          "those of its digest, expected them as lab sweep wrote them",
      );
    }
    if (first !== undefined && manifest.digest !== first.manifest.digest) {
      throw new RangeError(
        `Cannot merge "${folder}": found the plan "${manifest.name}" ` +
          `(${manifest.digest.slice(0, 12)}), expected that of ` +
          `"${first.folder}" (${first.manifest.digest.slice(0, 12)})`,
      );
    }
    first ??= { manifest, folder };
  }
  if (first === undefined) {
    throw new RangeError(
      "Cannot merge: found no folder, expected at least one",
    );
  }
  return first.manifest;
}

async function fileAt(
  path: string,
  problems: string[],
): Promise<CellFile | undefined> {
  try {
    return await readCellFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    problems.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function wrongPlace(
  file: CellFile,
  at: { job: JobKind; entry: Manifest["cells"][number]; manifest: Manifest },
): string | undefined {
  if (file.id !== at.entry.id) return `the file of ${file.id}`;
  if (file.job !== at.job) return `a file of ${file.job} figures`;
  if (file.plan !== at.manifest.digest) return "of another plan";
  const own: Readonly<Record<string, string>> = file.axes;
  const { axes } = at.entry;
  for (const name of new Set([...Object.keys(own), ...Object.keys(axes)])) {
    if (own[name] === axes[name]) continue;
    return `of ${name} ${JSON.stringify(own[name] ?? null)}, which ` +
      `${MANIFEST} has as ${JSON.stringify(axes[name] ?? null)}`;
  }
  return undefined;
}

/** The seed is part of a cell's setup, and so of its id. */
function unlikeFiles(
  first: { file: CellFile; path: string },
  other: { file: CellFile; path: string },
): string[] {
  return ALIKE.flatMap(([name, of]) => {
    const [own, found] = [of(first.file), of(other.file)];
    return own === found
      ? []
      : [`${other.path} is of ${name} ${found}, ${first.path} of ${own}`];
  });
}

/** Parts of a cell, and of a layout of it, that are the same everywhere. */
const EXACT_CELL = ["digest", "ios", "leftOut", "simulated"] as const;
const EXACT_LAYOUT = [
  "name",
  "bytesPerSegment",
  "counts",
  "footprint",
  "modelled",
] as const;

/** The first exact figure in which two cells differ, with both values. */
function unequalExact(one: ResultCell, other: ResultCell): string | undefined {
  if (one === other) return undefined;
  const [found] = differences("cell", exactOf(one), exactOf(other));
  if (found === undefined) return undefined;
  const { key, before, after } = found;
  return `${key} is ${JSON.stringify(before)} and ${JSON.stringify(after)}`;
}

function exactOf(cell: ResultCell): unknown {
  const pick = (from: object, keys: readonly string[]) =>
    Object.fromEntries(
      keys.map((key) => [key, Reflect.get(from, key) ?? null]),
    );
  return {
    ...pick(cell, EXACT_CELL),
    layouts: Object.fromEntries(
      cell.layouts.map((layout) => [layout.name, pick(layout, EXACT_LAYOUT)]),
    ),
  };
}

function machineOf(file: CellFile, machines: SweepMachine[]): number {
  const own = Object.fromEntries(
    MACHINE_KEYS.map((key) => [key, file.environment[key] ?? null]),
  );
  const digest = digestOf(own);
  const known = machines.findIndex((machine) => digestOf(machine) === digest);
  return known >= 0 ? known : machines.push(own) - 1;
}
