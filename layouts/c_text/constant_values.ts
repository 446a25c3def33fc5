/**
 * Values of constant expressions: lengths of arrays, widths of bit-fields,
 * enumerators, `sizeof` of what is being built.
 */
import type { Node } from "web-tree-sitter";
import { sizeAndAlign } from "../place_members.ts";
import { constantOf } from "./constant.ts";
import type { Declaration } from "./declarations.ts";
import { EnumConstants } from "./enum_constants.ts";
import type { Declared, Site, TypeContext, TypeSource } from "./site.ts";

/** Largest array: what does not fit a page is not a segment. */
const MOST_ELEMENTS = 2n ** 31n;

/** What builds the types that expressions ask for. */
export interface ConstantHost {
  /** The type in front of a declarator, or a word that is one. */
  readonly base: (node: Node, site: Site) => Declared;
  /** Applies a declarator to a type. */
  readonly declarator: (node: Node, base: Declared, site: Site) => Declared;
  /** Reads an enumeration for its constants, unless that was done. */
  readonly readEnum: (from: TypeSource, declaration: Declaration) => void;
}

/** Works constant expressions out. */
export class ConstantValues {
  readonly #context: TypeContext;
  readonly #host: ConstantHost;
  readonly #constants = new EnumConstants();

  constructor(context: TypeContext, host: ConstantHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Adds the enumerators of an enumeration; their values, in order. */
  addEnum(body: Node, site: Site): bigint[] {
    return this.#constants.add(body, (value) => this.constant(value, site));
  }

  /** The value of a constant expression. */
  constant(node: Node, site: Site): bigint {
    return constantOf(node, {
      sizeOf: (type) => this.placed(type, site).sizeBytes,
      alignOf: (type) => this.placed(type, site).alignBytes,
      named: (name) =>
        this.#constants.find(
          name,
          this.#context.sources,
          this.#host.readEnum,
        ),
      error: (at, found, expected) =>
        site.from.source.syntaxError(site.tree.at(at), found, expected),
    });
  }

  /** Elements of a dimension. */
  arraySize(size: Node, site: Site): number {
    const value = this.constant(size, site);
    if (value >= 0n && value <= MOST_ELEMENTS) return Number(value);
    throw site.from.source.rangeError(
      site.tree.at(size),
      `an array of ${value} elements`,
      `0 to ${MOST_ELEMENTS}`,
    );
  }

  /** Size and alignment of the type of `sizeof (type)`. */
  placed(node: Node, site: Site) {
    let type = node.childForFieldName("type") ?? node;
    const part = node.childForFieldName("declarator");
    // The grammar takes `sizeof(u8)` for the size of a value.
    while (type.type === "parenthesized_expression") {
      const [inner] = type.namedChildren;
      if (!inner) break;
      type = inner;
    }
    const base = this.#host.base(type, site);
    const whole = part === null
      ? base
      : this.#host.declarator(part, base, site);
    const value = whole.value();
    const one = sizeAndAlign(value.type, this.#context.abi);
    const count = value.counts.reduce((product, each) => product * each, 1);
    return { ...one, sizeBytes: one.sizeBytes * count };
  }
}
