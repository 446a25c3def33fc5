/** Where a type is while it is built, and what it looks like so far. */
import type { Node, Parser } from "web-tree-sitter";
import type { Abi } from "../abi.ts";
import type { CType } from "../c_type.ts";
import type { Declarations } from "./declarations.ts";
import type { SourceText } from "./source_text.ts";
import type { SyntaxTree } from "./syntax.ts";

export interface TypeSource {
  readonly source: SourceText;
  readonly declarations: Declarations;
}

/** What types are built from. */
export interface TypeContext {
  /** The parser of C. */
  readonly parser: Parser;
  readonly abi: Abi;
  /** Where types are looked up, in order. */
  readonly sources: readonly TypeSource[];
}

/** A declaration that is read: its text and its tree. */
export interface Site {
  readonly from: TypeSource;
  readonly tree: SyntaxTree;
}

/** A type with dimensions, as a typedef may have them. */
export interface ValueType {
  /** The type, or that of an element. */
  readonly type: CType;
  /** Elements by dimension; none if it is not an array. */
  readonly counts: readonly number[];
}

/** A type that is looked up by value only if it is needed so. */
export interface Declared {
  /** What it declares; empty for none. */
  readonly name: string;
  /** The type as text, for what points to it. */
  readonly text: string;
  /** Returns the type by value. */
  readonly value: () => ValueType;
  /** What no member may be. */
  readonly wrong?: "a function" | "void" | "a flexible array" | undefined;
}

/** Makes an error at a node. */
export type NodeError = (node: Node, found: string, expected: string) => Error;

/** A type that declares nothing yet, by its text. */
export function declared(text: string, type: () => CType): Declared {
  return { name: "", text, value: () => ({ type: type(), counts: [] }) };
}
