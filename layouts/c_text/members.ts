/** The members of a struct or union, from its tree. */
import type { Node } from "web-tree-sitter";
import {
  type CField,
  type CStruct,
  isStruct,
  withoutTypedefs,
} from "../c_type.ts";
import { type Attributes, merged } from "./attributes.ts";
import type { Declared, Site } from "./site.ts";
import { quoted } from "./source_text.ts";

/** Most members that a struct may have, those of structs in it included. */
const MOST_MEMBERS = 1024;

export interface MemberHost {
  /** The type in front of declarators. */
  specifier(node: Node, site: Site): Declared;
  /** Applies a declarator to a type. */
  declarator(node: Node, base: Declared, site: Site): Declared;
  /** What one attribute says. */
  attributes(node: Node, site: Site): Attributes;
  /** The value of a constant expression. */
  constant(node: Node, site: Site): bigint;
  /** Notes where a member is. */
  note(field: CField, at: Node, site: Site): void;
}

/** One name of a declaration with what is after it. */
interface Part {
  readonly declarator: Node | undefined;
  readonly bits: Node | undefined;
  readonly attributes: readonly Node[];
  readonly at: Node;
}

const COUNTS = new WeakMap<CStruct, number>();

/**
 * Reads a struct or union.
 *
 * @param node Its specifier, with members.
 */
export function readMembers(
  node: Node,
  site: Site,
  host: MemberHost,
): CStruct {
  const { source } = site.from;
  const attributes = merged(
    node.children.map((each) =>
      each === null ? {} : host.attributes(each, site)
    ),
  );
  const fields: CField[] = [];
  const names = new Set<string>();
  let count = 0;
  for (const child of node.childForFieldName("body")?.namedChildren ?? []) {
    if (child === null || child.type === "comment") continue;
    if (child.type !== "field_declaration") {
      throw source.syntaxError(
        site.tree.at(child),
        quoted(child.text),
        "a member: a type, a name and a semicolon",
      );
    }
    for (const { field, at } of readFields(child, site, host)) {
      const type = withoutTypedefs(field.type);
      count += 1 + (isStruct(type) ? COUNTS.get(type) ?? 0 : 0);
      if (count > MOST_MEMBERS) {
        throw source.rangeError(
          site.tree.at(at),
          `more than ${MOST_MEMBERS} members`,
          "fewer: a segment has some",
        );
      }
      for (const name of visibleNames(field)) {
        if (!names.has(name)) names.add(name);
        else {
          throw source.rangeError(
            site.tree.at(at),
            `a second member ${quoted(name)}`,
            "another name",
          );
        }
      }
      host.note(field, at, site);
      fields.push(field);
    }
  }
  const struct: CStruct = {
    name: node.childForFieldName("name")?.text ?? "",
    kind: node.type === "union_specifier" ? "union" : "struct",
    fields,
    ...attributes,
  };
  COUNTS.set(struct, count);
  return struct;
}

/** Names by which a member is reached: those in an unnamed struct, too. */
function visibleNames(field: CField): string[] {
  if (field.name !== "") return [field.name];
  return isStruct(field.type) ? field.type.fields.flatMap(visibleNames) : [];
}

/** The members of one declaration: `u32 a, *b, c[3];`. */
function readFields(
  node: Node,
  site: Site,
  host: MemberHost,
): { field: CField; at: Node }[] {
  const { source } = site.from;
  const typeNode = node.childForFieldName("type");
  if (typeNode === null) {
    throw source.syntaxError(
      site.tree.at(node),
      quoted(node.text),
      "a type in front of the name",
    );
  }
  const type = host.specifier(typeNode, site);
  const { shared, parts } = partsOf(node, typeNode);
  // Attributes after `struct tag` without members are the member's.
  const behindTag = /_specifier$/.test(typeNode.type) &&
      typeNode.childForFieldName("body") === null
    ? typeNode.children
    : [];
  const common = [...shared, ...behindTag];
  // What a pointer is to may be const; a member itself is placed the same.
  const qualifiers = shared.filter((each) =>
    /^(?:const|volatile)$/.test(each.text)
  ).map((each) => `${each.text} `);
  const base = { ...type, text: qualifiers.join("") + type.text };
  return parts.flatMap((part) => {
    const attributes = merged(
      [...common, ...part.attributes].map((each) =>
        each === null ? {} : host.attributes(each, site)
      ),
    );
    const named = part.declarator === undefined || part.declarator.isMissing
      ? base
      : host.declarator(part.declarator, base, site);
    const bits = part.bits === undefined
      ? undefined
      : widthOf(part.bits, site, host);
    const field = fieldOf(named, { attributes, bits, part, site });
    return field === undefined ? [] : [{ field, at: part.at }];
  });
}

/** Splits a declaration at its commas. */
function partsOf(
  node: Node,
  typeNode: Node,
): { shared: Node[]; parts: Part[] } {
  const shared: Node[] = [];
  const groups: Node[][] = [[]];
  let behindType = false;
  for (const child of node.children) {
    if (child === null) continue;
    if (child.id === typeNode.id) {
      behindType = true;
      continue;
    }
    if (child.type === ",") groups.push([]);
    const own = groups.at(-1) ?? [];
    const attribute = child.type === "attribute_specifier" ||
      child.type === "type_qualifier";
    // In front of the first name they are those of all names.
    if (attribute && (!behindType || groups.length === 1 && own.length === 0)) {
      shared.push(child);
    } else if (attribute || isDeclarator(child)) own.push(child);
  }
  const parts = groups.map((group): Part => ({
    declarator: group.find((each) =>
      isDeclarator(each) && each.type !== "bitfield_clause"
    ),
    bits: group.find((each) => each.type === "bitfield_clause"),
    attributes: group.filter((each) =>
      each.type === "attribute_specifier" || each.type === "type_qualifier"
    ),
    at: group[0] ?? node,
  }));
  return { shared, parts };
}

function isDeclarator(node: Node): boolean {
  return node.isNamed &&
    /declarator$|identifier$|bitfield_clause/.test(node.type);
}

function widthOf(node: Node, site: Site, host: MemberHost): number {
  const [expression] = node.namedChildren;
  const value = expression ? host.constant(expression, site) : -1n;
  if (value >= 0n && value <= 128n) return Number(value);
  throw site.from.source.rangeError(
    site.tree.at(expression ?? node),
    `a bit-field of ${value} bits`,
    "as many as its type has, or fewer",
  );
}

function fieldOf(
  declared: Declared,
  { attributes, bits, part, site }: {
    attributes: Attributes;
    bits: number | undefined;
    part: Part;
    site: Site;
  },
): CField | undefined {
  const { source } = site.from;
  const { name, wrong } = declared;
  if (wrong !== undefined) {
    throw source.rangeError(
      site.tree.at(part.at),
      `member ${quoted(name)}, which is ${wrong}`,
      wrong === "a flexible array"
        ? "a fixed size: segments follow one another"
        : "a pointer to it",
    );
  }
  const nameless = name === "" || part.declarator === undefined;
  const { type, counts } = declared.value();
  if (nameless && bits === undefined) {
    // `struct tag;` or `struct tag { ... };` in a struct is not a member, and
    // after an unnamed struct its attributes are read with it.
    return isStruct(type) && type.name === "" ? { name: "", type } : undefined;
  }
  return {
    name: nameless ? "" : name,
    type,
    ...(counts.length === 0
      ? {}
      : { count: counts.length === 1 ? counts[0] ?? 0 : counts }),
    ...(bits === undefined ? {} : { bits }),
    ...attributes,
  };
}
