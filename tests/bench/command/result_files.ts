/**
 * Runs the command line on result files that exist for one test.
 */
import { dirname, join } from "@std/path";
import { main } from "../../../bench/lab.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { captured } from "../captured.ts";
import { fixedResult } from "../report/fixed_result.ts";

/** A file's text: the fixed result, with some of its keys otherwise. */
export const resultText = (change: Partial<LabResult> = {}): string =>
  JSON.stringify(fixedResult(change));

/** What a command printed and how it ended. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/**
 * Runs the lab in a folder that holds the given files; arguments that begin
 * with `@` name a file in it.
 */
export async function runWith(
  files: Record<string, string>,
  args: readonly string[],
): Promise<Outcome & { readonly written: Record<string, string> }> {
  // Titles with a path as long as TMPDIR may be would take two lines.
  await Deno.mkdir("out", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: "out", prefix: "r" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    const words = args.map((arg) =>
      arg.startsWith("@") ? join(folder, arg.slice(1)) : arg
    );
    const { status, out, err: error } = await captured((context) =>
      main(words, context)
    );
    const written: Record<string, string> = {};
    for (const name of await filesIn(folder)) {
      if (name in files && args.every((arg) => arg !== "--force")) continue;
      written[name] = await Deno.readTextFile(join(folder, name));
    }
    return {
      status,
      written,
      out: out.replaceAll(`${folder}/`, ""),
      error: error.replaceAll(`${folder}/`, ""),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths of all files in a folder and in those in it. */
async function filesIn(folder: string, under = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(under + name);
    else {
      found.push(...await filesIn(join(folder, name), `${under}${name}/`));
    }
  }
  return found;
}
