/**
 * A layout from C text, as found in a mail or a header: parsed by tree-sitter,
 * placed by the lab's own rules, with no compiler.
 */
import { optionsSchema } from "./options_form.ts";
import { checkValue } from "../option_check.ts";
import { checkString } from "../value_text.ts";
import { type Abi, abis } from "../abi.ts";
import type { CStruct } from "../c_type.ts";
import {
  isUnsupported,
  type Layout,
  type Roles,
  type Unsupported,
} from "../layout.ts";
import { fieldNames, findField } from "../placed_members.ts";
import { selectLayouts } from "../registry.ts";
import { type PlacedStruct, placeStruct } from "../struct.ts";
import { ConfigurationChoice, variantsOf } from "./configuration.ts";
import { type LayoutData, layoutOfData } from "../layout_data.ts";
import { flagRoom, membersText } from "./layout_words.ts";
import { withoutMail } from "./mail_text.ts";
import type { LayoutFromCOptions } from "./options.ts";
import { cParser } from "./parser.ts";
import { RoleError, type RoleReason } from "./role_candidates.ts";
import { findRoles } from "./roles.ts";
import { printable, SourceText } from "./source_text.ts";
import { hasSome, StructReader, type StructReading } from "./struct_reader.ts";
import { usableStruct } from "../usable_struct.ts";

/** Longest text that is read; the types of a whole kernel have 5 MiB. */
const LONGEST_TEXT = 8 << 20;

/** A layout that was read from C text. */
export interface CTextLayout extends Layout {
  /** The layout as plain data; `layoutOfData()` makes it again. */
  readonly data: LayoutData;
  /** Line of the text where the struct begins, from 1. */
  readonly line: number;
  /** What each member is for and how that was found. */
  readonly roleReasons: readonly RoleReason[];
  /** Options of the configuration that are set for it. */
  readonly config: readonly string[];
  /** Options that the text asks about. */
  readonly configAsked: readonly string[];
  /** What was assumed. */
  readonly notes: readonly string[];
  /**
   * All layouts of the text where its configuration decides and none was
   * given, this one first; else this one alone.
   */
  readonly variants: readonly CTextLayout[];
}

/**
 * Creates a layout from a struct in C text: a header, a mail, a patch. It reads
 * comments, conditions, macros, typedefs, bit-fields, nested and unnamed
 * structs and unions, arrays, enumerations, pointers, `packed` and `aligned`;
 * the kernel's usual types are known.
 *
 * @param text The text.
 * @param options How to read it.
 * @returns The layout. If the text depends on kernel configuration options and
 *   none was given, the one with all of them off; the others are in `variants`.
 * @throws {SyntaxError} If the struct is not C; with line and column.
 * @throws {RangeError} If it cannot be a segment (no address, two addresses, a
 *   flexible array, an unknown type), with line, column and the option that
 *   helps.
 *
 * @example The struct of 26 June 2019
 * ```ts
 * import {
 *   findAbi,
 *   isUnsupported,
 *   layoutFromC,
 *   placeStruct,
 * } from "@bvec/lab";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layout = await layoutFromC(`
 *   struct bio_vec {
 *       phys_addr_t     paddr;  // 64-bit on 64-bit systems
 *       unsigned long   len;
 *   };
 * `);
 * assertEquals(layout.roles.address, { kind: "phys", field: "paddr" });
 * const struct = layout.struct(findAbi("lp64"));
 * assert(!isUnsupported(struct));
 * const placed = placeStruct(struct, findAbi("lp64"));
 * // An unsigned long has 64 bits and leaves no hole for a flag.
 * assertEquals(placed.fields.map((field) => field.sizeBytes), [8, 8]);
 * assertEquals(placed.sizeBytes, 16);
 * ```
 */
export async function layoutFromC(
  text: string,
  options: LayoutFromCOptions = {},
): Promise<CTextLayout> {
  checkString("read C", "text", text);
  checkValue("read C", optionsSchema, options, "options");
  const file = printable(options.file ?? "C text");
  if (text.length > LONGEST_TEXT) {
    throw new RangeError(
      `Cannot read C of ${file}: it has ${text.length} characters, expected ` +
        `at most ${LONGEST_TEXT}; the header with the struct, or a part of it, ` +
        `is enough`,
    );
  }
  const source = new SourceText(file, withoutMail(text));
  const parser = await cParser();
  const reader = new StructReader(source, { options, parser });
  return new LayoutMaker(source, { options, reader }).make();
}

class LayoutMaker {
  readonly #source: SourceText;
  readonly #options: LayoutFromCOptions;
  readonly #reader: StructReader;

  constructor(
    source: SourceText,
    given: { options: LayoutFromCOptions; reader: StructReader },
  ) {
    this.#source = source;
    this.#options = given.options;
    this.#reader = given.reader;
  }

  make(): CTextLayout {
    const { config } = this.#options;
    if (config !== undefined) {
      const choice = new ConfigurationChoice(config);
      const layout = this.#layout(choice, this.#reader.read(choice));
      return withVariants([layout]);
    }
    const readings = variantsOf((choice) => this.#reader.read(choice), {
      same: sameStructs,
      error: (found, expected) => this.#source.rangeError(0, found, expected),
    });
    const several = readings.length > 1;
    const known = new Set(
      readings.flatMap(({ reading }) => memberNames(reading)),
    );
    return withVariants(
      readings.map(({ choice, reading }) =>
        this.#layout(choice, reading, { several, known })
      ),
    );
  }

  #layout(
    choice: ConfigurationChoice,
    reading: StructReading,
    { several, known }: {
      several: boolean;
      known: ReadonlySet<string>;
    } = { several: false, known: new Set() },
  ): CTextLayout {
    const { structs, declaration, notes } = reading;
    const options = this.#options;
    const [abi, struct] = firstSupported(structs);
    const placed = placeStruct(struct, abi);
    const found = this.#roles(placed, { reading, known });
    const config = choice.set();
    const suffix = several && config.length > 0
      ? `+${config.map((name) => name.replace(/^CONFIG_/, "")).join("+")}`
      : "";
    const name = (options.name ?? ownName(struct.name)) + suffix;
    const line = this.#source.line(declaration.at);
    const place = `${this.#source.name}:${line}`;
    const { author = "the user", date = "", subject = place, url } =
      options.source ?? {};
    const data: LayoutData = {
      name,
      title: `${membersText(placed)} of ${place}` +
        (several ? `, ${config.join(" ") || "no option set"}` : ""),
      source: { author, date, subject, ...(url === undefined ? {} : { url }) },
      roles: found.roles,
      structs: usableStructs(structs, found.roles),
    };
    if (!hasSome(new Map(Object.entries(data.structs)))) {
      const reasons = Object.values(data.structs).flatMap((each) =>
        isUnsupported(each) ? [each.unsupported] : []
      );
      throw this.#reader.placed(new RangeError(reasons[0]), declaration.at);
    }
    return {
      ...layoutOfData(data),
      data,
      line,
      roleReasons: found.reasons,
      config,
      configAsked: choice.asked(),
      notes: [
        ...notes,
        ...choice.unasked().map((option) =>
          `${option} changes nothing: the text does not ask for it`
        ),
        ...this.#unused(),
        ...(found.roles.flag === undefined ? [flagRoom(data)] : []),
      ],
      variants: [],
    };
  }

  /** What was defined for the text, and is not in it: misspelt, perhaps. */
  #unused(): string[] {
    const words = new Set(this.#source.text.match(/\w+/g) ?? []);
    const { types = {}, defines = {} } = this.#options;
    const given = [
      ...Object.keys(types).map((name) => ["type", name] as const),
      ...Object.keys(defines).map((name) => ["macro", name] as const),
    ];
    return given.filter(([, name]) =>
      (name.match(/\w+/g) ?? []).some((word) => !words.has(word))
    ).map(([what, name]) =>
      `${what} ${printable(name)} changes nothing: the text does not name it`
    );
  }

  /** @param known Members of all variants: not every one has each. */
  #roles(
    placed: PlacedStruct,
    { reading: { declaration, places }, known }: {
      reading: StructReading;
      known: ReadonlySet<string>;
    },
  ) {
    const own = new Set(fieldNames(placed));
    const parts = this.#options.roles?.split(",").filter((part) => {
      const named = /=([^:]+)/.exec(part)?.[1]?.trim() ?? "";
      return own.has(named) || !known.has(named);
    }) ?? [];
    try {
      return findRoles(
        placed,
        parts.length === 0 ? undefined : parts.join(","),
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const named = error instanceof RoleError ? error.field : undefined;
      const place = named === undefined
        ? undefined
        : places.get(findField(placed, named).field);
      const at = place?.source === this.#source ? place.at : declaration.at;
      throw this.#reader.placed(error, at);
    }
  }
}

function firstSupported(
  structs: ReadonlyMap<string, CStruct | Unsupported>,
): [Abi, CStruct] {
  for (const abi of abis) {
    const struct = structs.get(abi.name);
    if (struct !== undefined && !isUnsupported(struct)) return [abi, struct];
  }
  throw new RangeError("Cannot find a struct, expected one on some ABI");
}

/** The struct of each ABI, or why it cannot be used there. */
function usableStructs(
  structs: ReadonlyMap<string, CStruct | Unsupported>,
  roles: Roles,
): LayoutData["structs"] {
  return Object.fromEntries(abis.map((abi) => {
    const struct = structs.get(abi.name) ?? { unsupported: "no struct" };
    const usable = isUnsupported(struct)
      ? struct
      : usableStruct(struct, { abi, roles });
    return [abi.name, usable];
  }));
}

function memberNames({ structs }: StructReading): string[] {
  const [abi, struct] = firstSupported(structs);
  return fieldNames(placeStruct(struct, abi));
}

function sameStructs(a: StructReading, b: StructReading): boolean {
  const text = ({ structs }: StructReading) => JSON.stringify([...structs]);
  return text(a) === text(b);
}

/**
 * A name that no layout of the registry has, so that results tell them apart.
 */
function ownName(tag: string): string {
  return selectLayouts(tag).length === 0 ? tag : `own_${tag}`;
}

function withVariants(made: readonly CTextLayout[]): CTextLayout {
  const variants: CTextLayout[] = [];
  for (const layout of made) {
    variants.push(Object.freeze({ ...layout, variants }));
  }
  Object.freeze(variants);
  return variants[0] as CTextLayout;
}
