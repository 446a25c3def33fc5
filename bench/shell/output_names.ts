/**
 * Whether paths that a command was given name the same file: what one output
 * wrote, another would replace, and an input would be gone.
 */
import { isThere } from "../files/if_there.ts";
import { basename, dirname, join } from "@std/path";
import { perCpuFiles } from "../../sim/workload/trace_files.ts";
import { checkOutput, type WriteOptions } from "./output.ts";

export interface NamedFile {
  /** The option, such as `--json`. */
  readonly option: string;
  /** The path; `-` is not a file. */
  readonly path: string;
}

/** Paths by the option that names them; an option that is absent has none. */
export type NamedPaths = Readonly<
  Record<string, string | readonly string[] | undefined>
>;

/**
 * Refuses outputs that could not be written, that name the same file as each
 * other, or that would replace an input.
 *
 * @param options What is read, and whether other files may be replaced.
 * @throws {RangeError} If two name the same file.
 * @throws {Error} If one cannot be written; see `checkOutput()`.
 */
export async function checkOutputs(
  outputs: NamedPaths,
  options: WriteOptions & { readonly inputs?: NamedPaths },
): Promise<void> {
  const written = namedFiles(outputs);
  await requireApart(written, namedFiles(options.inputs ?? {}));
  for (const { path } of written) await checkOutput(path, options);
}

export function namedFiles(paths: NamedPaths): NamedFile[] {
  return Object.entries(paths).flatMap(([option, path = []]) =>
    [path].flat().map((one) => ({ option, path: one }))
  );
}

/**
 * Lists the files of workloads, as far as their names show them: a trace has
 * one for each CPU.
 *
 * @returns The same, and the files that are read with them.
 */
export async function workloadFiles(
  workloads: readonly string[],
): Promise<string[]> {
  const files = workloads.map((workload) =>
    // Whoever opens it says why it cannot be read.
    perCpuFiles(workload).catch(() => [workload])
  );
  return (await Promise.all(files)).flat();
}

/**
 * Refuses outputs that name the same file as each other or as an input, be it
 * by another path or through a link.
 *
 * @param inputs What is read; names that are not files do no harm.
 * @throws {RangeError} Naming the options and the file.
 */
export async function requireApart(
  outputs: readonly NamedFile[],
  inputs: readonly NamedFile[] = [],
): Promise<void> {
  // Without one nothing is looked at, which would take a permission.
  if (outputs.every(({ path }) => path === "-")) return;
  const known = new Map<string, NamedFile>();
  for (const [files, areRead] of [[inputs, true], [outputs, false]] as const) {
    for (const file of files) {
      if (file.path === "-") continue;
      // It may be a name that the lab knows, and no file.
      if (areRead && !await isThere(file.path)) continue;
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
    // It is not there yet, or not for this process: checkOutput() says which.
  }
  return keys;
}
