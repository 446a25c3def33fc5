/** Constant expressions of array sizes, bit-fields and alignments. */
import type { Node } from "web-tree-sitter";
import { numberOf } from "./condition.ts";
import { binaryValue, truth } from "./operators.ts";
import type { NodeError } from "./site.ts";
import { quoted } from "./source_text.ts";

/** Deepest nesting of operators. */
const MOST_DEPTH = 100;

/** What an expression asks of its surroundings. */
export interface ConstantNames {
  /** Size of a type in bytes. */
  sizeOf(type: Node): number;
  /** Alignment of a type in bytes. */
  alignOf(type: Node): number;
  /** The value of an enumeration's name; `undefined` if there is none. */
  named(name: string): bigint | undefined;
  readonly error: NodeError;
}

/**
 * Works out a constant expression.
 *
 * @param depth Expressions around it so far.
 */
export function constantOf(
  node: Node,
  names: ConstantNames,
  depth = 0,
): bigint {
  if (depth > MOST_DEPTH) {
    throw names.error(node, "an expression nested too deep", "less depth");
  }
  const inner = (name: string) => {
    const child = node.childForFieldName(name);
    if (child === null) throw unknown();
    return constantOf(child, names, depth + 1);
  };
  const unknown = () =>
    names.error(
      node,
      quoted(node.text),
      /^\w+$/.test(node.text)
        ? `a number; --define ${node.text}=NUMBER gives it one`
        : "a constant expression",
    );
  switch (node.type) {
    case "number_literal": {
      const value = numberOf(node.text);
      if (value === undefined) throw unknown();
      return value;
    }
    case "char_literal": {
      if (node.text.length !== 3) throw unknown();
      return BigInt(node.text.charCodeAt(1));
    }
    case "identifier": {
      const value = names.named(node.text);
      if (value === undefined) throw unknown();
      return value;
    }
    case "parenthesized_expression": {
      const [child] = node.namedChildren;
      if (!child) throw unknown();
      return constantOf(child, names, depth + 1);
    }
    case "cast_expression":
      return inner("value");
    case "sizeof_expression": {
      const type = node.childForFieldName("type") ??
        node.childForFieldName("value");
      if (type === null) throw unknown();
      return BigInt(names.sizeOf(type));
    }
    case "alignof_expression": {
      const type = node.childForFieldName("type");
      if (type === null) throw unknown();
      return BigInt(names.alignOf(type));
    }
    case "unary_expression":
      return unary(node.childForFieldName("operator")?.text, inner("argument"));
    case "conditional_expression":
      return inner("condition") === 0n
        ? inner("alternative")
        : inner("consequence");
    case "binary_expression": {
      const operator = node.childForFieldName("operator")?.text ?? "";
      const value = binaryValue(operator, inner("left"), inner("right"));
      if (value === undefined) throw unknown();
      return value;
    }
    default:
      throw unknown();
  }
}

function unary(operator: string | undefined, value: bigint): bigint {
  switch (operator) {
    case "-":
      return -value;
    case "~":
      return ~value;
    case "!":
      return truth(value === 0n);
    default:
      return value;
  }
}
