/**
 * `--html` and `--svg`: a page, and each of its pictures alone, tried before
 * hours of work and written after them.
 */
import type { Command } from "commander";
import { join } from "@std/path";
import { systemReason } from "../files/system_reason.ts";
import type { CommandContext } from "./context.ts";
import {
  checkOutput,
  type WriteOptions,
  writeText,
  writeWhole,
} from "./output.ts";

/** Where a page and its pictures go. */
export interface PageTargets {
  /** File of the page, `-` for standard output. */
  readonly html?: string | undefined;
  /** Folder of the pictures. */
  readonly svg?: string | undefined;
}

export interface PageMaker {
  readonly page: () => Promise<string>;
  /** Draws the pictures: names of files, and their text. */
  readonly pictures: () => Promise<ReadonlyMap<string, string>>;
}

/** Whatever name a picture will have, it is written as this one is tried. */
const PROBE = "bvec-lab-probe.svg";

export function addPageOptions(command: Command): Command {
  return command
    .option(
      "--html <file>",
      "write one self-contained page with charts (- for " +
        "stdout)",
    )
    .option("--svg <folder>", "write each chart to a folder");
}

/**
 * Refuses a page or a folder that could not be written.
 *
 * @param options Whether files that are there may be replaced.
 * @throws {Error} Naming the file or the folder, and what is wrong with it.
 */
export async function checkPages(
  { html, svg }: PageTargets,
  options: WriteOptions,
): Promise<void> {
  if (html !== undefined) await checkOutput(html, options);
  if (svg !== undefined) await checkFolder(svg, options);
}

/**
 * Refuses two outputs on one stream.
 *
 * @throws {RangeError} Naming the options.
 */
export function requireOneStdout(
  outputs: Readonly<Record<string, string | undefined>>,
): void {
  const found = Object.entries(outputs).filter(([, path]) => path === "-")
    .map(([option]) => option);
  if (found.length < 2) return;
  throw new RangeError(
    `Cannot write ${found.join(" and ")} to standard output: found ` +
      `${found.length} outputs, expected files for the others`,
  );
}

/** A folder is made at once: that is how one knows that it can be. */
async function checkFolder(
  folder: string,
  { force = false }: WriteOptions,
): Promise<void> {
  if (folder === "-") {
    throw new RangeError(
      'Cannot write pictures to "-": found standard output, expected a folder',
    );
  }
  let found: Deno.FileInfo | undefined;
  try {
    found = await Deno.stat(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw refused(folder, error);
  }
  if (found !== undefined && !found.isDirectory) {
    throw new Deno.errors.NotADirectory(
      `Cannot write pictures to "${folder}": it is a file, expected a folder`,
    );
  }
  if (found === undefined) {
    try {
      await Deno.mkdir(folder);
    } catch (error) {
      throw refused(folder, error);
    }
  }
  if (!force) {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".svg")) continue;
      throw new Deno.errors.AlreadyExists(
        `Cannot write pictures to "${folder}": found "${name}" there, ` +
          "expected a folder without pictures or --force",
      );
    }
  }
  await checkOutput(join(folder, PROBE), { force: true });
}

function refused(folder: string, error: unknown): Error {
  return new Error(
    `Cannot make folder "${folder}": ${systemReason(error)}`,
    { cause: error },
  );
}

/**
 * Writes what was asked for.
 *
 * @param options Where else it goes, and whether it may replace files.
 * @throws {Error} If it cannot be written.
 */
export async function writePages(
  { html, svg }: PageTargets,
  make: PageMaker,
  { context, force = false }: WriteOptions & {
    readonly context: Pick<CommandContext, "writeOut">;
  },
): Promise<void> {
  if (html !== undefined) {
    await writeText(html, await make.page(), { context, force });
  }
  if (svg === undefined) return;
  for (const [name, text] of await make.pictures()) {
    await writeWhole(join(svg, name), text, { force });
  }
}
