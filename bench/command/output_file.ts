/**
 * An output file that is written part by part: whole or not at all, and never
 * over something that was there unless told to.
 */
import { dirname, join } from "@std/path";
import { outputError, type WriteOptions } from "./output.ts";

/** A file that takes its name when it is complete. */
export class OutputFile {
  readonly #target: string;
  readonly #partial: string;
  readonly #file: Deno.FsFile;
  readonly #force: boolean;
  #isOpen = true;

  private constructor(
    target: string,
    partial: { path: string; file: Deno.FsFile; force: boolean },
  ) {
    this.#target = target;
    this.#partial = partial.path;
    this.#file = partial.file;
    this.#force = partial.force;
  }

  /**
   * Opens a file beside the target; `checkOutput` has looked at the target.
   *
   * @param target The path.
   * @param options Whether an existing file may be replaced.
   * @returns The open file.
   */
  static async create(
    target: string,
    options: WriteOptions = {},
  ): Promise<OutputFile> {
    const path = join(dirname(target), `.bvec-lab-${crypto.randomUUID()}`);
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path, { write: true, createNew: true });
    } catch (error) {
      throw outputError(target, error);
    }
    return new OutputFile(target, {
      path,
      file,
      force: options.force ?? false,
    });
  }

  /**
   * Appends bytes. It does not return before they are written, so that a
   * simulation that calls it needs no memory for what it has told.
   *
   * @param bytes The bytes.
   */
  write(bytes: Uint8Array): void {
    let rest = bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
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
    await this.#file.sync();
    this.#close();
    if (this.#force) await Deno.rename(this.#partial, this.#target);
    else {
      // A link, unlike a rename, fails where the name is already taken.
      await Deno.link(this.#partial, this.#target);
      await Deno.remove(this.#partial);
    }
  }

  /** Removes what was written, unless it is finished. */
  async discard(): Promise<void> {
    this.#close();
    await Deno.remove(this.#partial).catch(() => {});
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

/**
 * Writes a file whole or not at all.
 *
 * @param target The path.
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
