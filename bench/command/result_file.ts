/**
 * The result file of a run: written again after every finished cell, so that
 * whatever ends the run leaves all of them, and read again by `--resume`.
 */
import { resolve } from "@std/path";
import { readResultFile } from "../result/read_result.ts";
import type { LabResult } from "../result/result.ts";
import { shortJson, shortResult } from "../result/short_result.ts";
import type { ResumeFrom } from "../run/resume.ts";
import type { CommandContext } from "../shell/context.ts";
import { printableJson, printableLine } from "../../sim/text/printable.ts";
import {
  keepElsewhere,
  refuseNonFinite,
  toJson,
  type WriteOptions,
  writeWhole,
} from "../shell/output.ts";

/** The options of `lab run` that say where its result is. */
export interface ResultFileOptions {
  readonly json?: string;
  readonly resume?: string | boolean;
  readonly force: boolean;
  readonly samples: boolean;
}

export class ResultFile {
  readonly path: string;
  /** Whether a file that was there before the run may be replaced. */
  readonly force: boolean;
  /** Whether it has all samples, and each layout's figures whole. */
  readonly hasSamples: boolean;
  #isOurs = false;
  #cells = 0;

  /**
   * Writes nothing yet.
   *
   * @param options Whether a file that is there may be replaced, and whether
   *   samples are kept.
   */
  constructor(
    path: string,
    options: { readonly force: boolean; readonly samples: boolean },
  ) {
    this.path = path;
    this.force = options.force;
    this.hasSamples = options.samples;
  }

  /**
   * Writes what is finished; a disk that is full now need not be so later.
   *
   * @param complain Called with the reason why it could not be written.
   */
  async keep(
    soFar: LabResult,
    complain: (problem: string) => void,
  ): Promise<void> {
    // The whole result is written by `write()`, which fails for good.
    if (soFar.complete) return;
    try {
      await writeWhole(this.path, this.#textOf(soFar), this.#options);
      this.#isOurs = true;
      this.#cells = soFar.cells.filter((cell) =>
        cell.complete !== false
      ).length;
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Writes the result of the run, whole or not at all.
   *
   * @param context Standard output is the last resort.
   * @throws {Error} If it cannot be written; says where it is then, and what
   *   the file holds.
   */
  async write(
    result: LabResult,
    context: Pick<CommandContext, "writeOut">,
  ): Promise<void> {
    const text = this.#textOf(result);
    try {
      await writeWhole(this.path, text, this.#options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (this.#cells > 0) {
        error.message += `; it holds ${this.#cells} of ` +
          `${result.cells.length} finished cells, --resume makes the others`;
      }
      error.message += `; ${await keepElsewhere(text, context)}`;
      throw error;
    }
  }

  #textOf(result: LabResult): string {
    return this.hasSamples
      ? toJson(result)
      : printableJson(shortJson(shortResult(result), refuseNonFinite)) + "\n";
  }

  get #options(): WriteOptions {
    return { force: this.force || this.#isOurs };
  }
}

/**
 * Opens the result file that a run writes to.
 *
 * @returns The file, or nothing if none is to be written.
 */
export function resultFile(
  options: ResultFileOptions,
  resume: ResumeFrom | undefined,
): ResultFile | undefined {
  const path = options.json ?? resume?.name;
  if (path === undefined || path === "-") return undefined;
  return new ResultFile(path, {
    force: options.force || path === resume?.name,
    samples: options.samples,
  });
}

/**
 * Reads the result that a run resumes from.
 *
 * @returns The result, or nothing if all is to be run: without `--resume`, and
 *   with a bare one as long as the file of `--json` does not exist.
 * @throws {RangeError} If no file is named.
 * @throws {Error} If the file cannot be read.
 */
export async function resumeFrom(
  options: ResultFileOptions,
): Promise<ResumeFrom | undefined> {
  const { resume, json } = options;
  if (resume === undefined || resume === false) return undefined;
  const name = typeof resume === "string" ? resume : json;
  if (name === undefined || name === "-") {
    throw new RangeError(
      "Cannot resume: found no file, expected --resume FILE or --json FILE",
    );
  }
  if (resume === true && !await exists(name)) return undefined;
  return { name, result: await readResultFile(name) };
}

/**
 * Reads the result that a run repeats.
 *
 * @returns The result, or nothing if the run is by itself.
 * @throws {RangeError} If a run is to be resumed as well, or its own file is the
 *   one that is repeated: a run that is ended early would leave less in it.
 * @throws {Error} If the file cannot be read.
 */
export async function repeatFrom(
  { repeat, resume, json }: {
    readonly repeat?: string;
    readonly resume?: unknown;
    readonly json?: string;
  },
): Promise<ResumeFrom | undefined> {
  if (repeat === undefined) return undefined;
  if (resume !== undefined && resume !== false) {
    throw new RangeError(
      "Cannot use --repeat with --resume: found both, expected one of them",
    );
  }
  if (json !== undefined && json !== "-" && resolve(json) === resolve(repeat)) {
    throw new RangeError(
      `Cannot write "${printableLine(json)}": it is the result that is ` +
        "repeated, expected another file",
    );
  }
  return { name: repeat, result: await readResultFile(repeat) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
