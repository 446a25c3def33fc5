/** Declarators: what `*name[3]` or `(*name)(int)` makes of the type before. */
import type { Node } from "web-tree-sitter";
import type { Declared } from "./site.ts";
import { quoted } from "./source_text.ts";

/** Deepest nesting of a declarator. */
const MOST_DEPTH = 40;

export interface DeclaratorSite {
  /** Works out the size of an array. */
  arraySize(node: Node): number;
  error(node: Node, found: string, expected: string): Error;
}

/**
 * Applies a declarator to a type.
 *
 * @param base The type in front of it.
 */
export function applyDeclarator(
  node: Node,
  base: Declared,
  site: DeclaratorSite,
): Declared {
  let at: Node | null = node;
  let made: Declared = { ...base, name: "" };
  for (let depth = 0; at !== null && depth < MOST_DEPTH; depth++) {
    const inner: Node | null = innerOf(at);
    switch (at.type) {
      case "field_identifier":
      case "identifier":
      case "type_identifier":
      case "primitive_type":
        return { ...made, name: at.isMissing ? "" : at.text };
      case "pointer_declarator":
      case "abstract_pointer_declarator":
        made = made.wrong === "a function"
          ? functionPointer(made)
          : pointer(made);
        break;
      case "array_declarator":
      case "abstract_array_declarator":
        made = array(made, at, site);
        break;
      case "function_declarator":
      case "abstract_function_declarator":
        made = functionOf(made, at);
        break;
      default: // parentheses
        break;
    }
    if (inner === null) return made;
    at = inner;
  }
  throw site.error(node, quoted(node.text), "a name with fewer brackets");
}

function innerOf(node: Node): Node | null {
  return node.childForFieldName("declarator") ??
    (node.type.includes("parenthesized")
      ? node.namedChildren.find((each) =>
        each !== null && /declarator$|identifier$/.test(each.type)
      ) ?? null
      : null);
}

function pointer(to: Declared): Declared {
  return {
    name: "",
    text: `${to.text} *`,
    value: () => ({ type: { pointerTo: to.text }, counts: [] }),
  };
}

/** What a function returns and takes is in its text. */
interface FunctionText extends Declared {
  readonly returns: string;
  readonly parameters: readonly string[];
}

function functionPointer(to: Declared): Declared {
  const { returns, parameters } = to as Partial<FunctionText>;
  // A typedef of a function has a name only.
  if (returns === undefined || parameters === undefined) return pointer(to);
  return {
    name: "",
    text: `${returns} (*)(${parameters.join(", ")})`,
    value: () => ({ type: { returns, parameters }, counts: [] }),
  };
}

function functionOf(returned: Declared, node: Node): FunctionText {
  const list = node.childForFieldName("parameters");
  const parameters = (list?.namedChildren ?? []).flatMap((each) => {
    if (each === null || each.type === "comment") return [];
    return each.type === "variadic_parameter" ? ["..."] : [parameterType(each)];
  });
  const taken = parameters.length === 1 && parameters[0] === "void"
    ? []
    : parameters;
  return {
    name: "",
    text: `${returned.text} ()`,
    value: returned.value,
    wrong: "a function",
    returns: returned.text,
    parameters: taken,
  };
}

/** A parameter's text without its name. */
function parameterType(node: Node): string {
  let name = node.childForFieldName("declarator");
  while (name !== null && name.type !== "identifier") name = innerOf(name);
  if (name === null) return tidy(node.text);
  const from = name.startIndex - node.startIndex;
  const to = name.endIndex - node.startIndex;
  return tidy(node.text.slice(0, from) + node.text.slice(to));
}

function tidy(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\* (?=\*)/g, "*")
    .replace(/\s*\*+/g, (stars) => ` ${stars.trim().split("").join(" ")}`)
    .trim();
}

function array(of: Declared, node: Node, site: DeclaratorSite): Declared {
  const size = node.childForFieldName("size");
  const count = size === null ? 0 : site.arraySize(size);
  const value = () => {
    const { type, counts } = of.value();
    return { type, counts: [count, ...counts] };
  };
  return {
    name: "",
    text: `${of.text} [${count}]`,
    value,
    wrong: of.wrong ?? (size === null ? "a flexible array" : undefined),
  };
}
