/**
 * Writing a result where the user asked: whole or not at all, and never over an
 * existing file unless asked to.
 */
import { dirname } from "@std/path";
import { printableJson } from "../../sim/text/printable.ts";
import { type ClaimedFile, claimFile } from "../files/claimed_file.ts";
import { systemReason } from "../files/system_reason.ts";
import type { CommandContext } from "./context.ts";
import { PARTIAL, placeFile, tryToPlace } from "./output_place.ts";

export interface WriteOptions {
  /** Whether an existing file is replaced; default: `false`. */
  readonly force?: boolean | undefined;
}

/**
 * Writes a value as JSON to a file or, for `-`, to standard output.
 *
 * @param target The path, or `-`.
 * @param value The value; it must not hold NaN or Infinity.
 * @param options Whether an existing file may be replaced.
 * @throws {Deno.errors.AlreadyExists} If the file exists and `force` is off;
 *   as any other error, it says where the JSON is then.
 */
export async function writeJson(
  target: string,
  value: unknown,
  context: CommandContext,
  options: WriteOptions = {},
): Promise<void> {
  const text = toJson(value);
  try {
    await writeText(target, text, { ...options, context });
  } catch (error) {
    if (error instanceof Error) {
      error.message += `; ${await keepElsewhere(text, context)}`;
    }
    throw error;
  }
}

/**
 * Writes what a command found: as JSON where that was asked for, and as text on
 * standard output unless the JSON is there.
 */
export async function writeFound(
  found: { readonly json: () => unknown; readonly text: () => string },
  context: CommandContext,
  options: WriteOptions & { readonly json?: string | undefined },
): Promise<void> {
  const { json } = options;
  if (json !== undefined) await writeJson(json, found.json(), context, options);
  if (json !== "-") context.writeOut(found.text());
}

/** Writes a text to a file, whole or not at all, or to standard output. */
export async function writeText(
  target: string,
  text: string,
  { context, force }: WriteOptions & {
    readonly context: Pick<CommandContext, "writeOut">;
  },
): Promise<void> {
  if (target === "-") context.writeOut(text);
  else await writeWhole(target, text, { force });
}

/**
 * Returns a value as the text of a JSON file.
 *
 * @throws {RangeError} If it holds NaN or Infinity.
 */
export function toJson(value: unknown): string {
  return printableJson(JSON.stringify(value, refuseNonFinite, 2)) + "\n";
}

/**
 * Refuses an output path that cannot be written, before hours of work: what
 * will be done in the end is tried.
 *
 * @param target The path, or `-`, which is always fine.
 * @param options Whether an existing file may be replaced.
 * @throws {Deno.errors.AlreadyExists} If the file exists and `force` is off.
 * @throws {Deno.errors.NotFound} If its folder does not exist.
 * @throws {Deno.errors.PermissionDenied} If the system would not let it be
 * written, or it is not a plain file.
 */
export async function checkOutput(
  target: string,
  options: WriteOptions = {},
): Promise<void> {
  if (target === "-") return;
  const leadsTo = await lookAt(Deno.stat, target, target);
  if (leadsTo?.isDirectory) {
    throw new Deno.errors.IsADirectory(
      `Cannot write "${target}": it is a directory, expected a file path`,
    );
  }
  // A link that leads nowhere has the name, too.
  const found = await lookAt(Deno.lstat, target, target);
  if (found !== undefined && !options.force) {
    const what = found.isSymlink && leadsTo === undefined
      ? "it is a symbolic link that leads nowhere"
      : "the file exists";
    throw new Deno.errors.AlreadyExists(
      `Cannot write "${target}": ${what}, expected a new path or --force`,
    );
  }
  if (leadsTo !== undefined && !leadsTo.isFile) {
    throw new Deno.errors.PermissionDenied(
      `Cannot write "${target}": it is a device or a pipe, expected a file ` +
        `path (- is standard output)`,
    );
  }
  const folder = dirname(target);
  const parent = await lookAt(Deno.stat, folder, target);
  if (!parent?.isDirectory) {
    throw new Deno.errors.NotFound(
      `Cannot write "${target}": "${folder}" is not a directory, expected one`,
    );
  }
  try {
    await tryToPlace(target, found !== undefined);
  } catch (error) {
    throw outputError(target, error);
  }
}

/** What is at a path; nothing if nothing is. */
async function lookAt(
  look: (path: string) => Promise<Deno.FileInfo>,
  path: string,
  target: string,
): Promise<Deno.FileInfo | undefined> {
  try {
    return await look(path);
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
 * @param options Whether an existing file may be replaced.
 */
export async function writeWhole(
  target: string,
  text: string,
  options: WriteOptions = {},
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  let partial: ClaimedFile | undefined;
  try {
    partial = await claimFile(dirname(target), PARTIAL);
    let rest = bytes;
    while (rest.length > 0) {
      rest = rest.subarray(await partial.file.write(rest));
    }
    // The name must not reach the disk before the content does.
    await partial.file.sync();
    await placeFile(partial.path, target, options.force ?? false);
  } catch (error) {
    if (partial) await Deno.remove(partial.path).catch(() => {});
    throw outputError(target, error, bytes.length);
  } finally {
    partial?.file.close();
  }
}

/**
 * Keeps the text of a result that took long and could not be written where it
 * should be: among temporary files, which may be on another disk, or printed.
 *
 * @param context Standard output is the last resort.
 * @returns Where it is now, for the message.
 */
export async function keepElsewhere(
  text: string,
  context: Pick<CommandContext, "writeOut">,
): Promise<string> {
  let path: string | undefined;
  try {
    path = await Deno.makeTempFile({ prefix: "bvec-lab-", suffix: ".json" });
    await Deno.writeTextFile(path, text);
    return `the whole result is kept in "${path}"`;
  } catch {
    if (path !== undefined) await Deno.remove(path).catch(() => {});
  }
  try {
    context.writeOut(text);
    return "the whole result is printed on standard output";
  } catch {
    return "there is no room among temporary files either";
  }
}

/** Says why an output file could not be written. */
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

/**
 * Refuses what JSON does not have; a replacer of `JSON.stringify()`.
 *
 * @throws {RangeError} If it is NaN or infinite.
 */
export function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(
      `Cannot write JSON: "${key}" is ${value}, expected a finite number or null`,
    );
  }
  return value;
}
