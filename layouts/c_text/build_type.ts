/**
 * Types of C as data, from tree-sitter's trees: the declarations of a text and
 * those that the kernel's headers bring, for one ABI.
 */
import type { Node } from "web-tree-sitter";
import {
  type CField,
  type CStruct,
  type CType,
  isStruct,
  typeText,
} from "../c_type.ts";
import { type Attributes, merged, readAttributes } from "./attributes.ts";
import { ConstantValues } from "./constant_values.ts";
import type { Declaration } from "./declarations.ts";
import { applyDeclarator } from "./declarator.ts";
import { enumScalar } from "./enum_type.ts";
import { namedType, ownNative } from "./typedef_type.ts";
import { isFunctionTypedef } from "./typedef_words.ts";
import { ASSUMED_TYPES } from "./kernel_types.ts";
import { type MemberHost, readMembers } from "./members.ts";
import { NATIVE, scalarOf } from "./scalars.ts";
import {
  type Declared,
  declared,
  type Site,
  type TypeContext,
  type TypeSource,
} from "./site.ts";
import { quoted, type SourceText } from "./source_text.ts";
import { firstOf, parseDeclaration } from "./syntax.ts";

/** Deepest nesting of types by value. */
const MOST_DEPTH = 40;

const SPECIFIERS: ReadonlySet<string> = new Set([
  ...["struct_specifier", "union_specifier", "enum_specifier"],
]);

export class TypeBuilder implements MemberHost {
  /** What was assumed, for the user to read. */
  readonly notes: Set<string> = new Set();
  /** Where members are in the texts. */
  readonly places: WeakMap<CField, { source: SourceText; at: number }> =
    new WeakMap();
  readonly #context: TypeContext;
  readonly #built = new Map<Declaration, CType>();
  readonly #building: Set<Declaration> = new Set();
  readonly #values: ConstantValues;
  /** Structs that are defined inside others, by tag. */
  readonly #nested = new Map<string, CStruct>();

  /** Begins with nothing built. */
  constructor(context: TypeContext) {
    this.#context = context;
    this.#values = new ConstantValues(context, {
      base: (node, site) =>
        node.type === "identifier"
          ? this.#word(node, site)
          : this.specifier(node, site),
      declarator: (node, base, site) => this.declarator(node, base, site),
      readEnum: (from, declaration) => this.#readEnum(from, declaration),
    });
  }

  /**
   * Builds the struct of a declaration.
   *
   * @param declaration The struct's, or that of a typedef of it.
   * @throws {SyntaxError | RangeError} If it is none that can be placed, with
   * the place in the text and what helps.
   */
  struct(from: TypeSource, declaration: Declaration): CStruct {
    const [name = ""] = declaration.names;
    const type = declaration.kind === "typedef"
      ? this.#typedef(from, declaration, name).value().type
      : this.#tagged(from, declaration);
    const plain = typeof type === "object" && "typedef" in type
      ? type.type
      : type;
    if (isStruct(plain)) {
      return plain.name === "" ? { ...plain, name } : plain;
    }
    const found = quoted(typeText(type));
    throw from.source.rangeError(declaration.at, found, "a struct");
  }

  /** The type that a struct, union or enumeration with a tag is. */
  #tagged(from: TypeSource, declaration: Declaration): CType {
    const known = this.#built.get(declaration);
    if (known !== undefined) return known;
    return this.#reading(from, declaration, (site) => {
      const node = firstOf(site.tree.root, SPECIFIERS);
      if (node === undefined) throw this.#notRead(site, declaration);
      const type = node.type === "enum_specifier"
        ? this.#enum(node, site)
        : this.#record(node, site);
      this.#built.set(declaration, type);
      return type;
    });
  }

  #typedef(
    from: TypeSource,
    declaration: Declaration,
    name: string,
  ): Declared {
    return this.#reading(from, declaration, (site) => {
      const node = firstOf(site.tree.root, new Set(["type_definition"]));
      const type = node?.childForFieldName("type");
      if (!node || !type) throw this.#notRead(site, declaration);
      const base = this.specifier(type, site);
      const own = type.childForFieldName("body") === null &&
          SPECIFIERS.has(type.type)
        ? [this.#attributesOf(type, site)]
        : [];
      const attributes = merged([this.#attributesOf(node, site), ...own]);
      for (const part of node.childrenForFieldName("declarator")) {
        if (part === null) continue;
        const declared = this.declarator(part, base, site);
        if (declared.name !== name) continue;
        if (declared.wrong !== undefined) return { ...declared, text: name };
        // Its tree is gone when it is asked for.
        const value = namedType(name, declared.value(), attributes);
        return { ...declared, text: name, value: () => value };
      }
      throw this.#notRead(site, declaration);
    });
  }

  /** Reads a declaration, unless that is being done already. */
  #reading<T>(
    from: TypeSource,
    declaration: Declaration,
    read: (site: Site) => T,
  ): T {
    const building = this.#building;
    if (building.has(declaration) || building.size > MOST_DEPTH) {
      const ring = building.has(declaration);
      const named = declaration.tag || declaration.names[0] || "a type";
      throw from.source.rangeError(
        declaration.at,
        ring ? `${named}, which contains itself` : `${named}, nested too deep`,
        ring
          ? "a pointer to it in it"
          : `at most ${MOST_DEPTH} types around it`,
      );
    }
    building.add(declaration);
    const { parser } = this.#context;
    const tree = parseDeclaration(parser, from.source, declaration);
    try {
      return read({ from, tree });
    } finally {
      building.delete(declaration);
      tree.free();
    }
  }

  #notRead({ from }: Site, { at, tokens }: Declaration): SyntaxError {
    const text = tokens.slice(0, 20).map((token) => token.text).join(" ");
    return from.source.syntaxError(
      at,
      quoted(text),
      "a struct, union, enumeration or typedef",
    );
  }

  #record(node: Node, site: Site): CStruct {
    const struct = readMembers(node, site, this);
    if (struct.name !== "") {
      this.#nested.set(`${struct.kind} ${struct.name}`, struct);
    }
    return struct;
  }

  specifier(node: Node, site: Site): Declared {
    switch (node.type) {
      case "struct_specifier":
      case "union_specifier": {
        const kind = node.type === "union_specifier" ? "union" : "struct";
        const name = node.childForFieldName("name")?.text ?? "";
        const tag = `${kind} ${name}`;
        if (node.childForFieldName("body") === null) {
          return declared(tag, () => this.#find(tag, node, site));
        }
        const struct = this.#record(node, site);
        return declared(name === "" ? "void" : tag, () => struct);
      }
      case "enum_specifier": {
        const type = this.#enum(node, site);
        return declared(typeText(type), () => type);
      }
      case "primitive_type":
      case "sized_type_specifier":
      case "type_identifier":
        return this.#word(node, site);
      default:
        throw site.from.source.syntaxError(
          site.tree.at(node),
          quoted(node.text),
          node.type === "macro_type_specifier"
            ? `a type; --define '${
              node.text.split(" ")[0]
            }(x)=...' says what ` +
              `a macro is`
            : "a type",
        );
    }
  }

  /** A type that is known by one word, or by keywords. */
  #word(node: Node, site: Site): Declared {
    const { text } = node;
    if (text === "void") {
      return { ...declared(text, () => "u8"), wrong: "void" };
    }
    const scalar = scalarOf(text);
    if (scalar !== undefined) return declared(scalar, () => scalar);
    const native = NATIVE.get(text);
    for (const from of this.#context.sources) {
      const found = from.declarations.typedefs.get(text);
      if (found === undefined) continue;
      // A text's u64 may be the kernel's __u64, which is the lab's u64.
      if (native !== undefined && this.#building.has(found)) continue;
      const assumed = ASSUMED_TYPES.get(text);
      if (assumed !== undefined) this.notes.add(`${text} is ${assumed}`);
      // Read when it is needed by value: a pointer may be to an unknown type.
      const read = () => this.#typedef(from, found, text);
      const isFunction = native === undefined && isFunctionTypedef(found);
      return {
        name: "",
        text,
        value: () =>
          native === undefined
            ? read().value()
            : ownNative(text, read().value(), this.#context.abi, this.notes),
        ...(isFunction ? { wrong: "a function" as const } : {}),
      };
    }
    if (native !== undefined) return declared(native, () => native);
    return declared(text, () => {
      throw site.from.source.rangeError(
        site.tree.at(node),
        `type ${quoted(text)}, which is not known`,
        `its definition in the text, or --type ${text}=TYPE, such as u64`,
      );
    });
  }

  /** The type of a tag that is somewhere else. */
  #find(tag: string, node: Node, site: Site): CType {
    const nested = this.#nested.get(tag);
    if (nested !== undefined) return nested;
    for (const from of this.#context.sources) {
      const found = from.declarations.tagged.get(tag);
      if (found === undefined) continue;
      const assumed = ASSUMED_TYPES.get(tag);
      if (assumed !== undefined) this.notes.add(`${tag} is ${assumed}`);
      if (found.kind !== "typedef") return this.#tagged(from, found);
      // typedef struct tag { ... } name;
      this.#typedef(from, found, found.names[0] ?? "");
      const inside = this.#nested.get(tag);
      if (inside !== undefined) return inside;
    }
    throw site.from.source.rangeError(
      site.tree.at(node),
      `${tag}, which is not known`,
      `its definition in the text, or --type '${tag}=TYPE', such as u64[2]`,
    );
  }

  #enum(node: Node, site: Site): CType {
    const name = node.childForFieldName("name")?.text ?? "";
    const body = node.childForFieldName("body");
    if (body === null) {
      for (const from of this.#context.sources) {
        const found = from.declarations.tagged.get(`enum ${name}`);
        if (found?.kind === "enum") return this.#tagged(from, found);
      }
      this.notes.add(`enum ${name} is not in the text: taken for 4 bytes`);
      return { enum: name, type: "unsigned int" };
    }
    const values = this.#values.addEnum(body, site);
    const packed = this.#attributesOf(node, site).packed === true;
    const type = enumScalar(values, packed);
    return name === "" ? type : { enum: name, type };
  }

  declarator(node: Node, base: Declared, site: Site): Declared {
    return applyDeclarator(node, base, {
      arraySize: (size) => this.#values.arraySize(size, site),
      error: this.#errorAt(site),
    });
  }

  constant(node: Node, site: Site): bigint {
    return this.#values.constant(node, site);
  }

  /** Reads an enumeration for its constants, unless that was done. */
  #readEnum(from: TypeSource, declaration: Declaration): void {
    if (this.#building.has(declaration) || this.#built.has(declaration)) return;
    const { kind, names: [name = ""] } = declaration;
    if (kind === "typedef") this.#typedef(from, declaration, name);
    else this.#tagged(from, declaration);
  }

  /** Attributes that are parts of a node. */
  #attributesOf(node: Node, site: Site): Attributes {
    return merged(
      node.children.map((each) =>
        each === null ? {} : this.attributes(each, site)
      ),
    );
  }

  /** Notes where a member is. */
  note(field: CField, at: Node, { from, tree }: Site): void {
    this.places.set(field, { source: from.source, at: tree.at(at) });
  }

  attributes(node: Node, site: Site): Attributes {
    return readAttributes(node, {
      abi: this.#context.abi,
      constant: (each) => this.constant(each, site),
      alignOf: (each) => this.#values.placed(each, site).alignBytes,
      error: this.#errorAt(site),
    });
  }

  #errorAt({ from, tree }: Site) {
    return (node: Node, found: string, expected: string) =>
      from.source.rangeError(tree.at(node), found, expected);
  }
}
