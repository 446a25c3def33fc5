/**
 * Where the value of an expression goes: the step from tree-sitter's nodes to
 * the words of the table of patterns.
 */
import type { Node } from "web-tree-sitter";
import { type Situation, TRANSPARENT } from "./patterns.ts";

export type Destination =
  /** To a place that the table of patterns knows. */
  | { readonly to: "place"; readonly situation: Situation }
  /** Into a function or a macro that is called like one. */
  | {
    readonly to: "argument";
    readonly callee: string;
    readonly name: Node;
    /** Which argument, from 0. */
    readonly index: number;
  }
  /** Into a variable, whose uses then decide. */
  | { readonly to: "variable"; readonly name: string; readonly from: number }
  /** Nowhere that was understood. */
  | { readonly to: "unknown"; readonly found: string };

/** Kinds of nodes that hold a value unchanged. */
const WRAPPERS = new Set([
  "parenthesized_expression",
  "cast_expression",
  "comma_expression",
]);

/** Functions that make a physical address of one of the kernel's. */
const TO_PHYSICAL = /^(?:virt_to_(?:phys|bus|dma\w*)|__pa|__pa_nodebug)$/;

/** Kinds of nodes with a condition. */
const CONDITIONALS = new Set([
  "if_statement",
  "while_statement",
  "do_statement",
  "for_statement",
  "switch_statement",
]);

/** Finds where the value of an expression goes. */
export function destinationOf(expression: Node): Destination {
  let node = expression;
  for (;;) {
    const parent = node.parent;
    if (parent === null) return unknown("the end of the text");
    if (parent.isError) return unknown("code that is not C to the parser");
    const step = stepOut(node, parent);
    if (step !== "further") return step;
    node = parent;
  }
}

function stepOut(node: Node, parent: Node): Destination | "further" {
  const isField = (name: string) =>
    parent.childForFieldName(name)?.id === node.id;
  if (WRAPPERS.has(parent.type)) {
    if (parent.type === "comma_expression" && isField("left")) {
      return place("returned");
    }
    return "further";
  }
  if (CONDITIONALS.has(parent.type)) return place("truth");
  switch (parent.type) {
    case "field_expression":
      return place("member");
    case "pointer_expression": {
      const operator = parent.childForFieldName("operator")?.text;
      return place(operator === "&" ? "address" : "dereference");
    }
    case "subscript_expression":
      return isField("argument") ? "further" : place("comparison");
    case "unary_expression":
      return place("truth");
    case "update_expression":
      return place("target");
    case "binary_expression":
      return operand(node, parent);
    case "conditional_expression":
      return isField("condition") ? place("truth") : "further";
    case "sizeof_expression":
    case "offsetof_expression":
    case "alignof_expression":
    case "type_descriptor":
    case "macro_type_specifier":
      return place("layout");
    case "return_statement":
    case "expression_statement":
    case "compound_statement":
      return place("returned");
    case "assignment_expression":
      return isField("left") ? place("target") : assigned(parent);
    case "init_declarator":
      return isField("value") ? initialised(parent) : place("declaration");
    case "initializer_pair":
      return isField("value")
        ? place(isPage(parent.firstNamedChild) ? "bio_vec" : "stored")
        : place("designator");
    case "initializer_list":
    case "compound_literal_expression":
    case "gnu_asm_input_operand":
    case "gnu_asm_output_operand":
      return place("stored");
    case "argument_list":
      return argument(node, parent);
  }
  return unknown(`a ${parent.type.replaceAll("_", " ")}`);
}

function operand(node: Node, parent: Node): Destination | "further" {
  const operator = parent.childForFieldName("operator")?.text ?? "";
  const left = parent.childForFieldName("left");
  const other = left?.id === node.id ? parent.childForFieldName("right") : left;
  if (operator === "&&" || operator === "||") return place("truth");
  if (operator === "==" || operator === "!=") {
    const isNull = other?.type === "null" || other?.text === "0";
    return place(isNull ? "truth" : "comparison");
  }
  if (/^[<>]=?$/.test(operator)) return place("comparison");
  if (operator === "-" && isPage(other)) return place("comparison");
  return "further";
}

function assigned(parent: Node): Destination {
  const left = parent.childForFieldName("left");
  if (left?.type === "identifier") {
    return { to: "variable", name: left.text, from: parent.endIndex };
  }
  return place(isPage(left) ? "bio_vec" : "stored");
}

function initialised(parent: Node): Destination {
  let declarator = parent.childForFieldName("declarator");
  while (declarator !== null && declarator.type !== "identifier") {
    declarator = declarator.childForFieldName("declarator");
  }
  return declarator === null
    ? unknown("a declaration without a name")
    : { to: "variable", name: declarator.text, from: parent.endIndex };
}

function argument(node: Node, list: Node): Destination | "further" {
  const call = list.parent;
  const callee = call?.childForFieldName("function");
  if (call?.type !== "call_expression" || !callee) {
    return unknown("arguments of nothing that is called");
  }
  const name = callee.type === "field_expression"
    ? callee.childForFieldName("field") ?? callee
    : callee;
  if (TRANSPARENT.test(name.text)) return destinationOf(call);
  if (name.text === "page_address") {
    // virt_to_phys(page_address(page)) wants no mapping.
    const outer = destinationOf(call);
    if (outer.to === "argument" && TO_PHYSICAL.test(outer.callee)) return outer;
  }
  const index = list.namedChildren
    .filter((child) => child !== null && child.type !== "comment")
    .findIndex((child) => child?.id === node.id);
  return { to: "argument", callee: name.text, name, index };
}

/** Whether an expression is the page of a bio_vec, as `bv->bv_page`. */
function isPage(node: Node | null): boolean {
  if (node === null) return false;
  if (node.type === "field_designator") return /^\.\s*bv_page$/.test(node.text);
  return node.type === "field_expression" &&
    node.childForFieldName("field")?.text === "bv_page";
}

function place(situation: Situation): Destination {
  return { to: "place", situation };
}

function unknown(found: string): Destination {
  return { to: "unknown", found };
}
