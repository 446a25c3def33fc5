/** tree-sitter's view of one declaration, with places in the text. */
import type { Node, Parser, Tree } from "web-tree-sitter";
import type { Declaration } from "./declarations.ts";
import { quoted, type SourceText } from "./source_text.ts";
import type { Token } from "./tokens.ts";

/** A declaration as a tree. */
export interface SyntaxTree {
  /** Its node: a struct, union, enumeration or typedef. */
  readonly root: Node;
  at(node: Node): number;
  /** Frees the tree's memory. */
  free(): void;
}

/**
 * Parses a declaration.
 *
 * @throws {SyntaxError} If it is not C, with the place where it is not.
 */
export function parseDeclaration(
  parser: Parser,
  source: SourceText,
  declaration: Declaration,
): SyntaxTree {
  const tokens = joinedAttributes(movedAttributes(declaration.tokens));
  for (const { kind, text, at } of tokens) {
    if (kind === "other") {
      throw source.syntaxError(at, quoted(text), "a member, a type or a name");
    }
  }
  // Words with one blank between, and where each begins.
  const starts: number[] = [];
  let text = "";
  for (const token of tokens) {
    starts.push(text.length);
    text += `${token.text} `;
  }
  const place = (index: number) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return tokens[low]?.at ?? declaration.at;
  };
  const tree = parser.parse(text);
  const root = tree?.rootNode;
  if (tree === null || root === undefined || root === null) {
    throw source.syntaxError(declaration.at, "a declaration", "one of C");
  }
  try {
    checkTree(
      tree,
      (node, found, expected) =>
        source.syntaxError(place(node.startIndex), found, expected),
    );
  } catch (error) {
    tree.delete();
    throw error;
  }
  return {
    root,
    at: (node) => place(node.startIndex),
    free: () => tree.delete(),
  };
}

/**
 * Writes `struct __attribute__((a)) tag { }` as `struct tag { }
 * __attribute__((a))`, which says the same: the grammar has them there only.
 */
function movedAttributes(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  /** Attributes that go after each brace that is open. */
  const open: Token[][] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    out.push(token);
    if (token.text === "{") open.push([]);
    if (token.text === "}") out.push(...open.pop() ?? []);
    if (token.kind !== "word" || !/^(?:struct|union|enum)$/.test(token.text)) {
      continue;
    }
    const head: Token[] = [];
    const moved: Token[] = [];
    let at = index + 1;
    for (;;) {
      const end = attributeEnd(tokens, at);
      if (end > at) moved.push(...tokens.slice(at, end));
      else if (head.length === 0 && tokens[at]?.kind === "word") {
        head.push(tokens[at] as Token);
      } else break;
      at = Math.max(end, at + 1);
    }
    if (tokens[at]?.text !== "{" || moved.length === 0) continue;
    out.push(...head, tokens[at] as Token);
    open.push(moved);
    index = at;
  }
  return out;
}

/** The index after the attribute at an index; the index if there is none. */
function attributeEnd(tokens: readonly Token[], from: number): number {
  if (tokens[from]?.text !== "__attribute__") return from;
  let depth = 0;
  for (let index = from + 1; index < tokens.length; index++) {
    const text = tokens[index]?.text;
    if (text === "(") depth++;
    else if (text === ")" && --depth === 0) return index + 1;
    else if (depth === 0) return from;
  }
  return from;
}

/**
 * Writes `__attribute__((a)) __attribute__((b))` as `__attribute__((a, b))`: the
 * grammar has one in each place.
 */
function joinedAttributes(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  const is = (index: number, text: string) => tokens[index]?.text === text;
  let open = 0; // parentheses of the attribute that is open
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === "__attribute__" && open === 0) open = 1;
    else if (open > 0 && token.text === "(") open++;
    else if (open > 1 && token.text === ")") {
      open--;
      const joins = open === 2 && is(index + 1, ")") &&
        is(index + 2, "__attribute__") && is(index + 3, "(") &&
        is(index + 4, "(");
      if (joins) {
        out.push({ kind: "mark", text: ",", at: token.at });
        index += 4;
        open = 3;
        continue;
      }
      if (open === 1) open = 0;
    }
    out.push(token);
  }
  return out;
}

/** Looks for what the grammar could not take. */
function checkTree(
  tree: Tree,
  error: (node: Node, found: string, expected: string) => SyntaxError,
): void {
  if (!tree.rootNode.hasError) return;
  const cursor = tree.walk();
  try {
    for (;;) {
      const node = cursor.currentNode;
      if (node.isError) {
        throw error(node, quoted(node.text.trim() || "nothing"), EXPECTED);
      }
      // An unnamed bit-field has no name, which the grammar misses.
      const unnamed = node.isMissing && node.type === "field_identifier" &&
        node.nextSibling?.type === "bitfield_clause";
      if (node.isMissing && !unnamed) {
        const next = tree.rootNode.descendantForIndex(
          Math.min(node.endIndex + 1, tree.rootNode.endIndex),
        );
        throw error(
          next ?? node,
          quoted(next?.text.slice(0, 40) ?? "its end"),
          `"${node.type}" before it`,
        );
      }
      if (node.hasError && cursor.gotoFirstChild()) continue;
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return;
      }
    }
  } finally {
    cursor.delete();
  }
}

const EXPECTED =
  "a member: a type, a name and a semicolon (of a macro, its #define)";

/** The first node of some types, as in a declaration. */
export function firstOf(
  root: Node,
  types: ReadonlySet<string>,
): Node | undefined {
  if (types.has(root.type)) return root;
  for (const child of root.namedChildren) {
    if (child === null) continue;
    if (types.has(child.type)) return child;
    const type = child.childForFieldName("type");
    if (type !== null && types.has(type.type)) return type;
  }
  return undefined;
}
