/**
 * Whether paths that a command was given name the same file: what one output
 * wrote, another would replace, and an input would be gone.
 */
import { basename, dirname, join } from "@std/path";

/** A file that an option names. */
export interface NamedFile {
  /** The option, such as `--json`. */
  readonly option: string;
  /** The path; `-` is no file. */
  readonly path: string;
}

/**
 * Refuses outputs that name the same file as each other or as an input, be it
 * by another path or through a link.
 *
 * @param outputs What is written.
 * @param inputs What is read; names that are no files do no harm.
 * @throws {RangeError} Naming the options and the file.
 */
export async function requireApart(
  outputs: readonly NamedFile[],
  inputs: readonly NamedFile[] = [],
): Promise<void> {
  const known = new Map<string, NamedFile>();
  for (const [files, areRead] of [[inputs, true], [outputs, false]] as const) {
    for (const file of files) {
      if (file.path === "-") continue;
      const keys = await keysOf(file.path);
      const other = keys.map((key) => known.get(key)).find((one) => one);
      if (other !== undefined && !areRead) {
        const isInput = inputs.includes(other);
        throw new RangeError(
          `Cannot write "${file.path}" (${file.option}): it is the file ` +
            (isInput
              ? `that is read as ${other.option}`
              : `of ${other.option}, too`) +
            `, expected another path`,
        );
      }
      for (const key of keys) known.set(key, file);
    }
  }
}

/** What a path and all others to the same file have in common. */
async function keysOf(path: string): Promise<string[]> {
  const keys: string[] = [];
  try {
    const folder = await Deno.realPath(dirname(path));
    keys.push(join(folder, basename(path)));
    keys.push(await Deno.realPath(path));
    const { dev, ino } = await Deno.stat(path);
    if (ino !== null) keys.push(`${dev}:${ino}`);
  } catch {
    // It is not there yet, or not for this process: checkOutput() tells.
  }
  return keys;
}
