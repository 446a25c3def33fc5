/** Attributes of types and members: what they change about the placement. */
import type { Node } from "web-tree-sitter";
import type { Abi } from "../abi.ts";
import type { NodeError } from "./site.ts";
import { quoted } from "./source_text.ts";

/** Largest alignment that is taken: a page is 4096. */
const MOST_ALIGN = 4096n;

export interface Attributes {
  readonly packed?: boolean;
  /** The alignment that `aligned` asks for, in bytes. */
  readonly alignedBytes?: number;
}

export interface AttributeSite {
  /** The ABI, which `aligned` without a number asks. */
  readonly abi: Abi;
  /** Works out the number of `aligned(n)`. */
  constant(node: Node): bigint;
  /** Returns the alignment of a type, in bytes. */
  alignOf(node: Node): number;
  readonly error: NodeError;
}

/** Attributes that change the placement in ways that are not modelled. */
const REFUSED: ReadonlySet<string> = new Set([
  ...["ms_struct", "gcc_struct", "scalar_storage_order", "mode"],
  ...["vector_size", "ext_vector_type", "warn_if_not_aligned"],
]);

/**
 * Reads an attribute or `_Alignas`.
 *
 * @param node An `attribute_specifier` or a `type_qualifier`.
 * @returns What it says of the placement; annotations say nothing.
 */
export function readAttributes(node: Node, site: AttributeSite): Attributes {
  if (node.type === "type_qualifier") {
    const [alignas] = node.namedChildren;
    if (alignas?.type !== "alignas_qualifier") return {};
    const [value] = alignas.namedChildren;
    if (!value) return {};
    return {
      alignedBytes: /^(?:type_descriptor|identifier)$/.test(value.type)
        ? site.alignOf(value)
        : alignment(value, site),
    };
  }
  if (node.type !== "attribute_specifier") return {};
  return merged(
    node.namedChildren.flatMap((list) =>
      (list?.namedChildren ?? []).map((each) =>
        each === null ? {} : readAttribute(each, site)
      )
    ),
  );
}

/** Joins attributes; of alignments the largest holds. */
export function merged(all: readonly Attributes[]): Attributes {
  const aligned = all.flatMap(({ alignedBytes }) => alignedBytes ?? []);
  return {
    ...(all.some(({ packed }) => packed) ? { packed: true } : {}),
    ...(aligned.length === 0 ? {} : { alignedBytes: Math.max(...aligned) }),
  };
}

function readAttribute(node: Node, site: AttributeSite): Attributes {
  const call = node.type === "call_expression";
  const word = (call ? node.childForFieldName("function") : node)?.text ?? "";
  const name = word.replace(/^__(.*)__$/, "$1");
  if (REFUSED.has(name)) {
    throw site.error(
      node,
      `attribute ${quoted(name)}`,
      "packed and aligned, or attributes that place nothing",
    );
  }
  if (name === "packed") return { packed: true };
  if (name !== "aligned") return {};
  const [value] = node.childForFieldName("arguments")?.namedChildren ?? [];
  return {
    alignedBytes: value ? alignment(value, site) : site.abi.mostAlignBytes,
  };
}

function alignment(node: Node, site: AttributeSite): number {
  const value = site.constant(node);
  if (value > 0n && value <= MOST_ALIGN && (value & (value - 1n)) === 0n) {
    return Number(value);
  }
  throw site.error(
    node,
    `an alignment of ${value}`,
    `a power of two up to ${MOST_ALIGN}`,
  );
}
