/**
 * Follows the page of a bio_vec from where it is taken: through local
 * variables and the functions of the same file, to what is done with it.
 */
import type { Node } from "web-tree-sitter";
import type { CFile } from "./c_file.ts";
import { foremostKind, type Kind } from "./kinds.ts";
import { findPattern, type Pattern } from "./patterns.ts";
import { type Destination, destinationOf } from "./situation.ts";

/** Most functions and variables that a page is followed through. */
const MOST_STEPS = 6;

/** What is done with a page in one place. */
export interface Finding {
  readonly kind: Kind;
  /** Why it is of that kind. */
  readonly reason: string;
  /** Variables and functions on the way there. */
  readonly through: readonly string[];
}

/** What is done with a page in all places; what it needs most comes first. */
export interface Followed extends Finding {
  readonly kinds: readonly Kind[];
}

/**
 * @param reached Takes the index of the name of each function that the value
 *   is an argument of.
 */
export function followValue(
  expression: Node,
  file: CFile,
  reached: (at: number) => void,
): Followed {
  const seen = new Set<string>();
  const walk = (destination: Destination, through: string[]): Finding[] => {
    switch (destination.to) {
      case "unknown":
        return [
          { kind: "not_understood", reason: destination.found, through },
        ];
      case "place":
        return [fromPattern(findPattern(destination.situation), through)];
      case "argument":
        reached(destination.name.startIndex);
        return intoFunction(destination, through);
      case "variable":
        return intoVariable(destination, through);
    }
  };
  const uses = (nodes: readonly Node[], through: string[]) =>
    nodes.flatMap((node) => walk(destinationOf(node), through));

  const intoFunction = (
    { callee, index }: Destination & { to: "argument" },
    through: string[],
  ): Finding[] => {
    const pattern = findPattern("argument", callee);
    const known = file.functionNamed(callee);
    const name = known?.parameters[index];
    if (pattern.callee !== undefined || known === undefined || !name) {
      const reason = pattern.callee === undefined
        ? `goes to ${callee}()`
        : pattern.reason;
      return [{ kind: pattern.kind, reason, through }];
    }
    const way = `${callee}(${name})`;
    if (!enter(way, through)) {
      return [{ kind: "handed_on", reason: `goes to ${callee}()`, through }];
    }
    const found = uses(
      // The parameter's own declaration is no use of it.
      usesOf(file, name, { from: known.body, to: known.end }),
      [...through, way],
    );
    return found.length > 0
      ? found
      : [{ kind: "handed_on", reason: `goes to ${callee}()`, through }];
  };

  const intoVariable = (
    { name, from }: Destination & { to: "variable" },
    through: string[],
  ): Finding[] => {
    const around = file.functionAround(from);
    if (around === undefined) {
      return [{
        kind: "not_understood",
        reason: `is kept in ${name}, around which no function was found`,
        through,
      }];
    }
    if (!enter(`${around.start} ${from} ${name}`, through)) return [];
    // What is set at the end of a loop may be used at its start.
    const loop = file.loopAround(from);
    const nodes = [
      ...usesOf(file, name, { from, to: around.end }),
      ...(loop === undefined
        ? []
        : usesOf(file, name, { from: loop, to: from })),
    ];
    const found = uses(nodes, [...through, name]);
    return found.length > 0 ? found : [{
      kind: "handed_on",
      reason: `is kept in ${name}, which is not used`,
      through,
    }];
  };

  const enter = (way: string, through: readonly string[]) => {
    if (seen.has(way) || through.length >= MOST_STEPS) return false;
    seen.add(way);
    return true;
  };

  return summary(walk(destinationOf(expression), []));
}

function fromPattern(pattern: Pattern, through: readonly string[]): Finding {
  return { kind: pattern.kind, reason: pattern.reason, through };
}

/**
 * Uses of a variable that may have the value that it got at `from`: not those
 * after another assignment, as far as the block of that one goes.
 */
function usesOf(
  file: CFile,
  name: string,
  { from, to }: { from: number; to: number },
): Node[] {
  const nodes: Node[] = [];
  let skipTo = from;
  for (const node of file.variableUses(name, from, to)) {
    if (node.startIndex < skipTo) continue;
    const change = changeAt(node);
    if (change === "none") nodes.push(node);
    if (change !== "another") continue;
    const block = blockAround(node);
    if (block.startIndex < from) break;
    skipTo = block.endIndex;
  }
  return nodes;
}

/** The block of a statement, or the statement that an `if` has without one. */
function blockAround(node: Node): Node {
  let inner = node;
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    if (/^(?:compound_statement|case_statement)$/.test(outer.type)) {
      return outer;
    }
    if (
      /statement$/.test(inner.type) &&
      /^(?:if|else|while|for|do)_/.test(outer.type)
    ) return inner;
    inner = outer;
  }
  return inner;
}

/** Whether a variable gets another value, or another place in the same page. */
function changeAt(node: Node): "none" | "moved" | "another" {
  const parent = node.parent;
  if (parent === null) return "none";
  const { type } = parent;
  if (type === "update_expression") return "moved";
  if (type.endsWith("declarator") || type.endsWith("declaration")) {
    const value = parent.childForFieldName("value");
    return value?.id === node.id ? "none" : "another";
  }
  if (
    type !== "assignment_expression" ||
    parent.childForFieldName("left")?.id !== node.id
  ) return "none";
  const value = parent.childForFieldName("right")?.text ?? "";
  return parent.childForFieldName("operator")?.text === "=" &&
      !new RegExp(`\\b${node.text}\\b`).test(value)
    ? "another"
    : "moved";
}

function summary(findings: readonly Finding[]): Followed {
  const kinds = new Set(findings.map(({ kind }) => kind));
  const kind = foremostKind(kinds);
  const first = findings.find((finding) => finding.kind === kind);
  return {
    kind,
    kinds: [kind, ...[...kinds].filter((other) => other !== kind)],
    reason: first?.reason ?? "nothing is done with it",
    through: first?.through ?? [],
  };
}
