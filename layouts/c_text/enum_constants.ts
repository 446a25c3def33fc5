/** The constants that the enumerations of a text define. */
import type { Node } from "web-tree-sitter";
import type { Declaration } from "./declarations.ts";
import type { TypeSource } from "./site.ts";

/** Enumerators by name, of the enumerations that have been read. */
export class EnumConstants {
  readonly #values = new Map<string, bigint>();

  /**
   * Adds those of an enumeration.
   *
   * @param body What is in its braces.
   */
  add(body: Node, valueOf: (node: Node) => bigint): bigint[] {
    let next = 0n;
    const values: bigint[] = [];
    for (const child of body.namedChildren) {
      if (child?.type !== "enumerator") continue;
      const value = child.childForFieldName("value");
      if (value !== null) next = valueOf(value);
      this.#values.set(child.childForFieldName("name")?.text ?? "", next);
      values.push(next++);
    }
    return values;
  }

  /**
   * Finds one.
   *
   * @param sources Where the enumeration that has it may be declared.
   * @returns Its value; `undefined` if none has it.
   */
  find(
    name: string,
    sources: readonly TypeSource[],
    read: (from: TypeSource, declaration: Declaration) => void,
  ): bigint | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    for (const from of sources) {
      for (const declaration of from.declarations.all) {
        const { tokens } = declaration;
        if (!tokens.some(({ text }) => text === "enum")) continue;
        if (!tokens.some(({ text }) => text === name)) continue;
        read(from, declaration);
        const value = this.#values.get(name);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  }
}
