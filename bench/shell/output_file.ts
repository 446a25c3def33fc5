/**
 * An output file that is written part by part: whole or not at all, and never
 * over an existing file unless asked to.
 */
import { dirname } from "@std/path";
import { type ClaimedFile, claimFile } from "../files/claimed_file.ts";
import { outputError, type WriteOptions } from "./output.ts";
import { PARTIAL, placeFile } from "./output_place.ts";

/** A file that takes its name when it is complete. */
export class OutputFile {
  readonly #target: string;
  readonly #partial: ClaimedFile;
  readonly #force: boolean;
  #isOpen = true;

  private constructor(target: string, partial: ClaimedFile, force: boolean) {
    this.#target = target;
    this.#partial = partial;
    this.#force = force;
  }

  /**
   * Opens a file beside the target; `checkOutput` has looked at the target.
   *
   * @param options Whether an existing file may be replaced.
   */
  static async create(
    target: string,
    options: WriteOptions = {},
  ): Promise<OutputFile> {
    try {
      const partial = await claimFile(dirname(target), PARTIAL);
      return new OutputFile(target, partial, options.force ?? false);
    } catch (error) {
      throw outputError(target, error);
    }
  }

  /**
   * Appends bytes. It does not return before they are written, so that a
   * simulation that calls it needs no memory for past output.
   */
  write(bytes: Uint8Array): void {
    let rest = bytes;
    try {
      while (rest.length > 0) {
        rest = rest.subarray(this.#partial.file.writeSync(rest));
      }
    } catch (error) {
      throw outputError(this.#target, error);
    }
  }

  /**
   * Gives the file its name, once all of it is on the disk.
   *
   * @throws {Deno.errors.AlreadyExists} If a file of that name has appeared and
   *   may not be replaced.
   */
  async finish(): Promise<void> {
    try {
      await this.#partial.file.sync();
      await placeFile(this.#partial.path, this.#target, this.#force);
      this.#close();
    } catch (error) {
      throw outputError(this.#target, error);
    }
  }

  /** Removes what was written, unless it is finished. */
  async discard(): Promise<void> {
    if (this.#isOpen) await Deno.remove(this.#partial.path).catch(() => {});
    this.#close();
  }

  #close(): void {
    if (this.#isOpen) this.#partial.file.close();
    this.#isOpen = false;
  }
}

/**
 * Writes a file whole or not at all.
 *
 * @param options Whether an existing file may be replaced.
 * @param fill Writes the content; if it throws, nothing is left behind.
 * @returns What `fill` gives.
 */
export async function writeFileInParts<Result>(
  target: string,
  options: WriteOptions,
  fill: (file: OutputFile) => Promise<Result>,
): Promise<Result> {
  const file = await OutputFile.create(target, options);
  try {
    const result = await fill(file);
    await file.finish();
    return result;
  } catch (error) {
    await file.discard();
    throw error;
  }
}
