/** Reads a struct of a text for every ABI, with one configuration. */
import type { Parser } from "web-tree-sitter";
import { type Abi, abis } from "../abi.ts";
import {
  type CField,
  type CStruct,
  isStruct,
  withoutTypedefs,
} from "../c_type.ts";
import { isUnsupported, type Unsupported } from "../layout.ts";
import { type PlacedStruct, placeStruct } from "../struct.ts";
import { reasonOf } from "../usable_struct.ts";
import { ABI_NAMES, abiMacros } from "./abi_macros.ts";
import { TypeBuilder } from "./build_type.ts";
import { chooseStruct } from "./choose_struct.ts";
import type { ConfigurationChoice } from "./configuration.ts";
import {
  type Declaration,
  type Declarations,
  findDeclarations,
} from "./declarations.ts";
import { type Macro, textMacro } from "./macros.ts";
import type { LayoutFromCOptions } from "./options.ts";
import { Preprocessor } from "./preprocess.ts";
import { quoted, type SourceText } from "./source_text.ts";
import { givenTypes, kernelTypes } from "./type_sources.ts";

/** Largest struct: a page holds no other. */
const LARGEST_BYTES = 4096;

export interface StructReading {
  /** The struct, or why there is none, by name of the ABI. */
  readonly structs: ReadonlyMap<string, CStruct | Unsupported>;
  /** Its declaration, on the first ABI that has it. */
  readonly declaration: Declaration;
  /** What was assumed. */
  readonly notes: ReadonlySet<string>;
  /** Where members are in the texts. */
  readonly places: TypeBuilder["places"];
}

export class StructReader {
  readonly #source: SourceText;
  readonly #options: LayoutFromCOptions;
  readonly #parser: Parser;

  /**
   * Takes a text.
   *
   * @param given Which struct of it, and the parser of C.
   */
  constructor(
    source: SourceText,
    given: { readonly options: LayoutFromCOptions; readonly parser: Parser },
  ) {
    this.#source = source;
    this.#options = given.options;
    this.#parser = given.parser;
  }

  /**
   * Reads the struct for every ABI.
   *
   * @throws {SyntaxError | RangeError} If no ABI has it.
   */
  read(choice: ConfigurationChoice): StructReading {
    const structs = new Map<string, CStruct | Unsupported>();
    const notes = new Set<string>();
    let places: TypeBuilder["places"] = new WeakMap();
    let declaration: Declaration | undefined;
    let shared: Declarations | undefined;
    let failed: Error | undefined;
    for (const abi of abis) {
      const macros = this.#macros(abi);
      let declarations = shared;
      if (declarations === undefined) {
        const words = new Preprocessor(this.#source, {
          macros,
          abiNames: ABI_NAMES,
          configuration: choice,
        });
        declarations = findDeclarations(this.#source, words);
        if (!words.askedAbi) shared = declarations;
      }
      const from = { source: this.#source, declarations };
      const own = givenTypes(this.#options.types ?? {}, macros);
      const builder = new TypeBuilder({
        parser: this.#parser,
        abi,
        sources: [own, from, kernelTypes(abi)],
      });
      try {
        const chosen = chooseStruct(from, this.#options.struct);
        const struct = builder.struct(from, chosen);
        this.#check(struct, { abi, builder, declaration: chosen });
        if (!hasSome(structs)) {
          places = builder.places;
          declaration = chosen;
        }
        structs.set(abi.name, struct);
      } catch (error) {
        const known = error instanceof RangeError ||
          error instanceof SyntaxError;
        if (!known) throw error;
        // A bit-field may be too wide for one ABI alone, or a condition leave
        // the struct out.
        failed ??= error;
        structs.set(abi.name, { unsupported: reasonOf(error) });
      }
      for (const note of builder.notes) notes.add(note);
    }
    if (declaration === undefined || !hasSome(structs)) {
      throw failed ?? new RangeError("Cannot find a struct, expected one");
    }
    return { structs, declaration, notes, places };
  }

  /**
   * Names the file and a place in an error, whatever it came from.
   *
   * @returns It, or one that says the same of that place.
   */
  placed(error: Error, at: number): Error {
    if (error.message.startsWith(`Cannot read C of ${this.#source.name}`)) {
      return error;
    }
    const [found = "", ...rest] = reasonOf(error).split(", expected ");
    return this.#source.rangeError(
      at,
      found,
      rest.join(", expected ") || "a struct that C has",
    );
  }

  /** Checks what C allows and a segment does not. */
  #check(
    struct: CStruct,
    { abi, builder, declaration }: {
      abi: Abi;
      builder: TypeBuilder;
      declaration: Declaration;
    },
  ): void {
    const placeOf = (field: CField | undefined) => {
      const place = field === undefined ? undefined : builder.places.get(field);
      return place?.source === this.#source ? place.at : declaration.at;
    };
    const last = struct.fields.at(-1);
    if (last?.count === 0) {
      throw this.#source.rangeError(
        placeOf(last),
        `an array ${quoted(last.name)} of no elements at the end`,
        "a fixed size: segments follow one another",
      );
    }
    let placed: PlacedStruct;
    try {
      placed = placeStruct(struct, abi);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const name = /field "(\w+)"/.exec(error.message)?.[1];
      const field = name === undefined ? undefined : fieldNamed(struct, name);
      throw this.placed(error, placeOf(field));
    }
    if (placed.sizeBytes <= LARGEST_BYTES) return;
    throw this.#source.rangeError(
      declaration.at,
      `struct ${placed.struct.name} of ${placed.sizeBytes} bytes`,
      `at most ${LARGEST_BYTES}: an array of segments lies in pages`,
    );
  }

  #macros(abi: Abi): ReadonlyMap<string, Macro> {
    const { defines = {} } = this.#options;
    const macros = new Map(abiMacros(abi));
    for (const [name, body] of Object.entries(defines)) {
      const macro = textMacro(name, body);
      macros.set(macro.name, macro);
    }
    return macros;
  }
}

/** A member of a struct or of one in it. */
function fieldNamed(struct: CStruct, name: string): CField | undefined {
  for (const field of struct.fields) {
    if (field.name === name) return field;
    const type = withoutTypedefs(field.type);
    const found = isStruct(type) ? fieldNamed(type, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

export function hasSome(
  structs: ReadonlyMap<string, CStruct | Unsupported>,
): boolean {
  return [...structs.values()].some((each) => !isUnsupported(each));
}
