/** A file of C under audit: its text, its tree, its functions. */
import type { Node, Parser, Tree } from "web-tree-sitter";
import { type Define, withoutDefines } from "./defines.ts";
import { findIdentifiers, LineStarts } from "./identifiers.ts";

/** A function that the file defines. */
export interface CFunction {
  readonly name: string;
  /** Names of its parameters; null for one without. */
  readonly parameters: readonly (string | null)[];
  /** Its first index, that of its body, and the one after it. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export class CFile {
  readonly text: string;
  readonly lines: LineStarts;
  /** Its macros, in the order of the text. */
  readonly defines: readonly Define[];
  readonly #tree: Tree;
  #functions: readonly CFunction[] | undefined;

  constructor(parser: Parser, text: string) {
    this.text = text;
    this.lines = new LineStarts(text);
    const plain = withoutDefines(text);
    this.defines = plain.defines;
    const tree = parser.parse(plain.text);
    if (tree === null) throw new Error("Cannot parse C: no tree was made");
    this.#tree = tree;
  }

  get root(): Node {
    return this.#tree.rootNode;
  }

  /** Returns the smallest node over an identifier. */
  nodeAt(at: number, name: string): Node | null {
    return this.root.descendantForIndex(at, at + name.length - 1);
  }

  /** Finds a function that the file defines. */
  functionNamed(name: string): CFunction | undefined {
    return this.#allFunctions().find((found) => found.name === name);
  }

  /** Finds the function around a place. */
  functionAround(at: number): CFunction | undefined {
    return this.#allFunctions().find(({ start, end }) =>
      start <= at && at < end
    );
  }

  /** Finds the `#define` around a place. */
  defineAround(at: number): Define | undefined {
    return this.defines.find(({ start, end }) => start <= at && at < end);
  }

  /** @returns The index where it begins, or undefined. */
  loopAround(at: number): number | undefined {
    let node = this.root.descendantForIndex(at);
    while (node !== null) {
      if (/^(?:while|for|do)_statement$/.test(node.type)) {
        return node.startIndex;
      }
      if (node.type === "function_definition") return undefined;
      node = node.parent;
    }
    return undefined;
  }

  /**
   * Finds the uses of a variable in a part of the text.
   *
   * @param to The index after the last.
   * @returns Nodes of the variable, not those of members of that name.
   */
  variableUses(name: string, from: number, to: number): Node[] {
    const nodes: Node[] = [];
    const part = this.text.slice(from, to);
    for (const { at } of findIdentifiers(part, (found) => found === name)) {
      const node = this.nodeAt(from + at, name);
      if (node?.type === "identifier") nodes.push(node);
    }
    return nodes;
  }

  /**
   * Returns the text of a line, without the blanks around it.
   *
   * @param line Its number, from 1.
   */
  lineText(line: number): string {
    return this.text.slice(this.lines.start(line), this.lines.start(line + 1))
      .trim();
  }

  /** Frees the tree's memory. */
  free(): void {
    this.#tree.delete();
  }

  #allFunctions(): readonly CFunction[] {
    return this.#functions ??= this.root
      .descendantsOfType("function_definition")
      .flatMap((node) => node === null ? [] : readFunction(node) ?? []);
  }
}

function readFunction(node: Node): CFunction | undefined {
  let declarator = node.childForFieldName("declarator");
  while (declarator !== null && declarator.type !== "function_declarator") {
    declarator = declarator.childForFieldName("declarator");
  }
  const name = declarator?.childForFieldName("declarator")?.text;
  if (!declarator || name === undefined) return undefined;
  const list = declarator.childForFieldName("parameters");
  const parameters = (list?.namedChildren ?? [])
    .filter((child) => child?.type === "parameter_declaration")
    .map((child) => {
      let inner = child?.childForFieldName("declarator") ?? null;
      while (inner !== null && inner.type !== "identifier") {
        inner = inner.childForFieldName("declarator");
      }
      return inner?.text ?? null;
    });
  const body = node.childForFieldName("body")?.startIndex ?? node.startIndex;
  const { startIndex: start, endIndex: end } = node;
  return { name, parameters, start, body, end };
}
