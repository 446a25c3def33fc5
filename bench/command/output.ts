/**
 * Writing a result where the user asked: whole or not at all, and never over
 * something that was there unless told to.
 */
import { dirname, join } from "@std/path";
import { printableJson } from "../../sim/printable.ts";
import { systemReason } from "../system_reason.ts";
import type { CommandContext } from "./context.ts";

/** How an output file is written. */
export interface WriteOptions {
  /** Whether an existing file is replaced; `false` unless told. */
  readonly force?: boolean;
}

/**
 * Writes a value as JSON to a file or, for `-`, to standard output.
 *
 * @param target The path, or `-`.
 * @param value The value; it must not hold NaN or Infinity.
 * @param context The streams.
 * @param options Whether an existing file may be replaced.
 * @throws {Deno.errors.AlreadyExists} If the file exists and `force` is off.
 */
export async function writeJson(
  target: string,
  value: unknown,
  context: CommandContext,
  options: WriteOptions = {},
): Promise<void> {
  const text = toJson(value);
  if (target === "-") context.writeOut(text);
  else await writeWhole(target, text, options);
}

/**
 * Gives a value as the text of a JSON file.
 *
 * @param value The value.
 * @returns Its text.
 * @throws {RangeError} If it holds NaN or Infinity.
 */
export function toJson(value: unknown): string {
  return printableJson(JSON.stringify(value, refuseNonFinite, 2)) + "\n";
}

/**
 * Refuses an output path that cannot be written, before hours of work.
 *
 * @param target The path, or `-`, which is always fine.
 * @param options Whether an existing file may be replaced.
 * @throws {Deno.errors.AlreadyExists} If the file exists and `force` is off.
 * @throws {Deno.errors.NotFound} If its folder does not exist.
 */
export async function checkOutput(
  target: string,
  options: WriteOptions = {},
): Promise<void> {
  if (target === "-") return;
  const found = await statOf(target, target);
  if (found?.isDirectory) {
    throw new Deno.errors.IsADirectory(
      `Cannot write "${target}": it is a directory, expected a file path`,
    );
  }
  if (found !== undefined && !options.force) {
    throw new Deno.errors.AlreadyExists(
      `Cannot write "${target}": the file exists, expected a new path or --force`,
    );
  }
  const folder = dirname(target);
  const parent = await statOf(folder, target);
  if (!parent?.isDirectory) {
    throw new Deno.errors.NotFound(
      `Cannot write "${target}": "${folder}" is not a directory`,
    );
  }
  await writeWhole(target, "", { force: true, probe: true });
}

/** What is at a path; nothing if nothing is. */
async function statOf(
  path: string,
  target: string,
): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    throw new Deno.errors.PermissionDenied(
      `Cannot write "${target}": ${systemReason(error)}, expected a writable ` +
        "path",
    );
  }
}

/**
 * Writes a text file atomically: a reader sees the old file or the new one.
 *
 * @param target The path.
 * @param text The whole content.
 * @param options Whether an existing file may be replaced.
 */
export async function writeWhole(
  target: string,
  text: string,
  options: WriteOptions & { probe?: boolean } = {},
): Promise<void> {
  const partial = join(dirname(target), `.bvec-lab-${crypto.randomUUID()}`);
  const bytes = new TextEncoder().encode(text);
  try {
    const file = await Deno.open(partial, { write: true, createNew: true });
    try {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
      // The name must not reach the disk before the content does.
      if (!options.probe) await file.sync();
    } finally {
      file.close();
    }
    if (options.probe) await Deno.remove(partial);
    else if (options.force) await Deno.rename(partial, target);
    else {
      // A link, unlike a rename, fails where the name is already taken.
      await Deno.link(partial, target);
      await Deno.remove(partial);
    }
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw outputError(target, error, bytes.length);
  }
}

/**
 * Says why an output file could not be written.
 *
 * @param target The path.
 * @param error What the runtime threw.
 * @param sizeBytes How much was to be written, where that is known.
 * @returns The error to throw.
 */
export function outputError(
  target: string,
  error: unknown,
  sizeBytes?: number,
): Error {
  if (error instanceof Deno.errors.AlreadyExists) {
    return new Deno.errors.AlreadyExists(
      `Cannot write "${target}": the file exists, expected a new path or --force`,
    );
  }
  const reason = systemReason(error);
  if (isFull(error)) {
    return new Error(
      `Cannot write "${target}": ${reason}, expected room` +
        (sizeBytes === undefined ? "" : ` for ${sizeBytes} bytes`),
      { cause: error },
    );
  }
  return new Deno.errors.PermissionDenied(
    `Cannot write "${target}": ${reason}, expected a writable path`,
  );
}

/** No space, over the quota, or longer than a file may be. */
function isFull(error: unknown): boolean {
  return error instanceof Error &&
    /no space left|quota|too large/i.test(error.message);
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(
      `Cannot write JSON: "${key}" is ${value}, expected a finite number or null`,
    );
  }
  return value;
}
