/** One struct spelled in many ways, as people write C in headers and mails. */
import {
  type CField,
  type CStruct,
  dimensions,
  isStruct,
  typeText,
} from "../../../layouts/c_type.ts";

/** Other spellings of types. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  u8: ["u8", "__u8", "uint8_t"],
  u16: ["u16", "__le16", "__be16", "uint16_t"],
  u32: ["u32", "__u32", "gfp_t", "blk_opf_t", "dev_t"],
  u64: ["u64", "__u64", "sector_t", "__le64", "uint64_t"],
  s64: ["s64", "ktime_t", "loff_t"],
  "unsigned char": ["unsigned char", "char unsigned"],
  "unsigned short": ["unsigned short", "short unsigned int"],
  "unsigned int": ["unsigned int", "unsigned", "int unsigned", "uint"],
  "unsigned long": ["unsigned long", "long unsigned int", "pgoff_t", "ulong"],
  "long long": ["long long", "long long int", "signed long long"],
  "unsigned long long": ["unsigned long long", "long unsigned long int"],
  bool: ["bool", "_Bool"],
  long: ["long", "long int", "signed long"],
  int: ["int", "signed", "signed int", "pid_t"],
};

/** Chooses, the same for the same seed. */
export class Chooser {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number below the given one. */
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * count);
  }

  /** One of the given. */
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/**
 * Spells a struct.
 *
 * @param struct The struct.
 * @param choose Chooses among spellings.
 * @returns C text that only layoutFromC(), or a compiler with the kernel's
 * macros, takes.
 */
export function spell(struct: CStruct, choose: Chooser): string {
  return `${definition(struct, choose, 0)};\n`;
}

function definition(struct: CStruct, choose: Chooser, depth: number): string {
  const kind = struct.kind ?? "struct";
  const attributes = attributesOf(struct, choose);
  // Attributes may stand behind the keyword or behind the brace.
  const [before, after] = choose.below(4) === 0
    ? [attributes, ""]
    : ["", attributes];
  const members = struct.fields.map((field) =>
    member(field, choose, depth + 1)
  );
  const open = choose.of([" {\n", "\n{\n", " { /* members */\n"]);
  return `${kind}${before} ${struct.name}${open}${members.join("")}${
    "\t".repeat(depth)
  }}${after}`;
}

function attributesOf(
  { packed, alignedBytes }: { packed?: boolean; alignedBytes?: number },
  choose: Chooser,
): string {
  const parts = [
    ...(packed
      ? [
        choose.of([
          "__packed",
          "__attribute__((packed))",
          "__attribute__((__packed__))",
        ]),
      ]
      : []),
    ...(alignedBytes === undefined ? [] : [choose.of([
      `__aligned(${number(alignedBytes, choose)})`,
      `__attribute__((aligned(${alignedBytes})))`,
      `__attribute__((__aligned__(${number(alignedBytes, choose)})))`,
      ...(alignedBytes === 64 ? ["____cacheline_aligned"] : []),
    ])]),
  ];
  return parts.map((part) => ` ${part}`).join("");
}

function number(value: number, choose: Chooser): string {
  return choose.of([
    String(value),
    `0x${value.toString(16)}`,
    `(${value} + 0)`,
    `(${value}U << 0)`,
    `sizeof(char) * ${value}`,
    ...(value > 0 ? [`(${value - 1} + sizeof(u8))`] : []),
  ]);
}

function member(field: CField, choose: Chooser, depth: number): string {
  const { type, name, bits } = field;
  const comment = choose.of([
    "",
    "",
    "",
    "\t/* it's { odd } */",
    "\t// don't; 64-bit on 64-bit systems",
    " __counted_by(len)",
    " /*\n * several\n lines */",
  ]);
  const width = bits === undefined
    ? ""
    : `${choose.of([":", " : "])}${
      choose.below(3) === 0 ? number(bits, choose) : bits
    }`;
  const named = name +
    dimensions(field).map((count) => `[${number(count, choose)}]`).join("");
  const attributes = attributesOf(field, choose);
  const tail = `${width}${attributes}${
    comment.startsWith(" __") && width === "" && !isStruct(type) ? comment : ""
  };${comment.startsWith(" __") ? "" : comment}\n`;
  const tabs = choose.of(["\t".repeat(depth), "    ".repeat(depth), ""]);
  if (typeof type === "object" && "returns" in type) {
    const parameters = type.parameters.map((each, index) =>
      `${each} p${index}`
    );
    return `${tabs}${type.returns} (*${named})(${
      parameters.join(", ")
    })${tail}`;
  }
  const text = isStruct(type) && type.name === ""
    ? definition(type, choose, depth)
    : spelled(typeText(type), choose);
  return `${tabs}${text} ${named}${tail}`;
}

function spelled(text: string, choose: Chooser): string {
  if (text.endsWith("*")) {
    const target = text.slice(0, -1).trim();
    return `${choose.of(["", "const "])}${target} *${
      choose.of(["", "", "__user "])
    }`;
  }
  return choose.of(SPELLINGS[text] ?? [text]);
}
