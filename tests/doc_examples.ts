/**
 * The examples of doc comments and pages, which `deno test --doc` would load an
 * isolate with all of `mod.ts` for, each: half a second. Here they share one.
 * Their types are checked by `deno check --doc`.
 */

/** One example, as a module. */
export interface DocExample {
  /** The line of its first statement, from 1. */
  readonly line: number;
  /** Its text, behind as many empty lines as stand before it in the file. */
  readonly code: string;
}

const FENCED = /^ *(`{3,})(\w*)([^`\n]*)\n(.*?)^ *\1 *$/gms;
/** What Deno takes for code, behind the fence. */
const LANGUAGE = /^(js|javascript|mjs|cjs|jsx|ts|typescript|mts|cts|tsx)$/;
const DOC_COMMENT = /^[ \t]*\/\*\*.*?\*\//gms;
/** A module beside the file. */
const RELATIVE = /(\bfrom\s+|\bimport\(\s*)"(\.{1,2}\/[^"]+)"/g;

/**
 * Finds the examples in the text of a page, or in the doc comments of a module.
 *
 * @param text What stands in the file.
 * @param file Its address.
 * @returns Those that are not marked with `ignore`, in order.
 */
export function docExamples(text: string, file: URL): DocExample[] {
  if (file.pathname.endsWith(".md")) return fenced(text, 1, file);
  return [...text.matchAll(DOC_COMMENT)].flatMap(({ 0: comment, index }) =>
    fenced(
      comment.replaceAll(/^[ \t]*(?:\/\*\*|\*(?!\/)) ?/gm, ""),
      lineAt(text, index),
      file,
    )
  );
}

function fenced(text: string, firstLine: number, file: URL): DocExample[] {
  return [...text.matchAll(FENCED)].flatMap(
    ({ 2: language = "", 3: attributes = "", 4: block = "", index }) => {
      if (!LANGUAGE.test(language) || /\bignore\b/.test(attributes)) return [];
      const line = firstLine + lineAt(text, index);
      const code = block.replaceAll(
        RELATIVE,
        (_, before: string, path: string) =>
          `${before}"${new URL(path, file).href}"`,
      );
      return [{ line, code: "\n".repeat(line - 1) + code }];
    },
  );
}

/** The line of a place in a text, from 1. */
function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** Runs an example, as a module of its own. */
export async function runExample({ code }: DocExample): Promise<void> {
  const module = URL.createObjectURL(
    new Blob([code], { type: "application/typescript" }),
  );
  try {
    await import(module);
  } finally {
    URL.revokeObjectURL(module);
  }
}
