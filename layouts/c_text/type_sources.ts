/** Types that are not in a text: given by the user, or the kernel's. */
import type { Abi } from "../abi.ts";
import { ABI_NAMES, abiMacros } from "./abi_macros.ts";
import { findDeclarations } from "./declarations.ts";
import { KERNEL_TYPES } from "./kernel_types.ts";
import type { Macro } from "./macros.ts";
import { Preprocessor } from "./preprocess.ts";
import type { TypeSource } from "./site.ts";
import { quoted, SourceText } from "./source_text.ts";

const NO_CONFIGURATION = { isSet: () => false };
const KERNEL = new Map<string, TypeSource>();

export function kernelTypes(abi: Abi): TypeSource {
  const known = KERNEL.get(abi.name);
  if (known !== undefined) return known;
  const made = typeSource("the kernel's types", KERNEL_TYPES, abiMacros(abi));
  KERNEL.set(abi.name, made);
  return made;
}

/**
 * Reads types that the user gave.
 *
 * @param types What each name is: `{ foo_t: "u64[2]", "struct foo": "u64" }`.
 * @param macros Macros that they may use.
 * @throws {RangeError} If a name or a type is none.
 */
export function givenTypes(
  types: Readonly<Record<string, string>>,
  macros: ReadonlyMap<string, Macro>,
): TypeSource {
  const lines = Object.entries(types)
    .map(([name, type]) => typeDefinition(name, type));
  return typeSource("--type", lines.join(""), macros);
}

function typeDefinition(name: string, type: string): string {
  const [, base = "", array = ""] =
    /^([^[\]]*)((?:\[[^[\]]*\])*)$/.exec(type) ?? [];
  const tag = /^(?:struct|union) \w+$/.test(name.trim());
  const isName = tag || /^\w+$/.test(name);
  if (!isName || base.trim() === "" || /[;{}]/.test(type)) {
    throw new RangeError(
      `Cannot define type ${quoted(name)} as ${quoted(type)}, expected ` +
        `NAME=TYPE, such as foo_t=u64 or "struct foo=u64[2]"`,
    );
  }
  return tag
    ? `${name.trim()} { ${base} __whole${array}; };\n`
    : `typedef ${base} ${name}${array};\n`;
}

function typeSource(
  name: string,
  text: string,
  macros: ReadonlyMap<string, Macro>,
): TypeSource {
  const source = new SourceText(name, text);
  const words = new Preprocessor(source, {
    macros,
    abiNames: ABI_NAMES,
    configuration: NO_CONFIGURATION,
  });
  return { source, declarations: findDeclarations(source, words) };
}
