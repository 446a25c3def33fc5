/**
 * Bodies of macros, which are mere text to tree-sitter: parsed as what is in a
 * function.
 */
import type { Node, Parser } from "web-tree-sitter";
import { CFile } from "./c_file.ts";

/**
 * What a body is put into. An expression is a statement here, and tree-sitter
 * continues after what is left open or closed twice.
 */
const BEFORE = "void f(void) { ";
const BEHIND = "\n; }";

export interface MacroBody {
  readonly file: CFile;
  /** What to add to an index in it for the place in the file. */
  readonly offset: number;
}

/**
 * Parses the body of a macro.
 *
 * @param at The index of the use that has to be understood.
 * @returns The body; undefined if it is not part of C that has a place for it.
 */
export function parseMacroBody(
  parser: Parser,
  body: { text: string; at: number },
  at: number,
): MacroBody | undefined {
  // The operators that only a preprocessor knows.
  const text = body.text.replaceAll("##", "__").replaceAll(/#(?=\w)/g, "_");
  const file = new CFile(parser, `${BEFORE}${text}${BEHIND}`);
  const offset = body.at - BEFORE.length;
  const node = file.root.descendantForIndex(at - offset);
  if (node !== null && isSound(node)) return { file, offset };
  file.free();
  return undefined;
}

/** Whether nothing around a node was wrong to the parser. */
function isSound(node: Node): boolean {
  for (let around: Node | null = node; around; around = around.parent) {
    if (around.isError || around.isMissing) return false;
    if (/statement$|declaration$|definition$/.test(around.type)) return true;
  }
  return true;
}
