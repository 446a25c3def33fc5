/**
 * A cache level in one word, as the command line takes it:
 *
 *     NAME:SIZE:WAYS:LINE[:OPTION...]
 *
 *     L1:32KiB:8:64                     32 KiB, 8 ways, 64-byte lines
 *     L1D:48KiB:12:64:plru:data         tree-PLRU, data references only
 *     L2:1MiB:full:64:fifo:inclusive    fully associative, FIFO, inclusive
 *
 * SIZE and LINE are bytes, or sizes such as 32k and 1MiB (quantity.ts); WAYS is
 * a number, `direct` or `full`. Names that end in I or D after L1, and I1 and
 * D1, hold instructions or data by default.
 */
import { parseQuantity, QuantityError } from "../text/quantity.ts";
import { levelDefaultsSchema } from "./config_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import {
  type CacheLevelConfig,
  CacheLevelError,
  resolveLevel,
} from "./config.ts";

type LevelOptions = Partial<
  Omit<CacheLevelConfig, "name" | "sizeBytes" | "ways" | "lineBytes">
>;

/** What each option word means. */
const options: Readonly<Record<string, LevelOptions>> = {
  lru: { policy: "lru" },
  fifo: { policy: "fifo" },
  plru: { policy: "plru" },
  random: { policy: "random" },
  back: { write: "back" },
  through: { write: "through" },
  "allocate": { allocate: true },
  "no-allocate": { allocate: false },
  inclusive: { inclusion: "inclusive" },
  exclusive: { inclusion: "exclusive" },
  "next-line": { prefetch: "nextLine" },
  unified: { holds: "unified" },
  data: { holds: "data" },
  instruction: { holds: "instruction" },
};

/** The option words of a level, in the order in which help lists them. */
export const LEVEL_OPTIONS: readonly string[] = Object.keys(options);

/** Which colon-separated part says which field of a level. */
const PART_OF: Partial<Record<keyof CacheLevelConfig, number>> = {
  sizeBytes: 1,
  ways: 2,
  lineBytes: 3,
};

/**
 * Reads the word for one level.
 *
 * @param defaults What holds where the word says nothing.
 * @returns The level, checked by itself.
 * @throws {RangeError} At a malformed word or a level that cannot exist; it
 *   names the word and the character.
 *
 * @example An L1 data cache
 * ```ts
 * import { parseLevelSpec } from "./level_spec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseLevelSpec("L1D:48KiB:12:64"), {
 *   name: "L1D",
 *   sizeBytes: 49152,
 *   ways: 12,
 *   lineBytes: 64,
 *   holds: "data",
 * });
 * ```
 */
export function parseLevelSpec(
  spec: string,
  defaults: Pick<CacheLevelConfig, "policy"> = {},
): CacheLevelConfig {
  checkString("read cache level", "spec", spec);
  checkValue("read cache level", levelDefaultsSchema, defaults, "defaults");
  const parts = spec.split(":");
  const [name = "", size = "", ways = "", line = "", ...words] = parts;
  const refuse = (part: number, found: string, expected: string): never => {
    const before = parts.slice(0, part).join(":").length;
    const at = Math.min(before + (part > 0 ? 2 : 1), spec.length + 1);
    throw new RangeError(
      `Cannot read cache level "${spec}": character ${at}: found ${found}, ` +
        `expected ${expected}`,
    );
  };
  if (!/^[A-Za-z][\w.-]*$/.test(name)) {
    refuse(0, quote(name), "a name that begins with a letter");
  }
  const bytesOf = (part: number, text: string, expected: string): number => {
    try {
      return parseQuantity(text, { kind: "size", least: 0 });
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      return refuse(
        part,
        error.found,
        error.isAmbiguous ? error.expected : expected,
      );
    }
  };
  const sizeBytes = bytesOf(1, size, "a size such as 32KiB or 1MiB");
  const wayCount = parseWays(ways) ??
    refuse(2, quote(ways), 'a number of ways from 1, "direct" or "full"');
  const lineBytes = bytesOf(3, line, "a line size such as 64");
  const told: LevelOptions = { ...defaults, ...heldByName(name) };
  words.forEach((word, index) => {
    const option = Object.hasOwn(options, word) ? options[word] : undefined;
    if (option === undefined) {
      refuse(4 + index, quote(word), `one of ${LEVEL_OPTIONS.join(", ")}`);
    }
    Object.assign(told, option);
  });
  const level = { name, sizeBytes, ways: wayCount, lineBytes, ...told };
  try {
    resolveLevel(level);
  } catch (error) {
    if (!(error instanceof CacheLevelError)) throw error;
    const reason = error.message.replace(/^Cannot build cache "[^"]*": /, "");
    const [found = "", expected = ""] = reason.split(", expected ");
    // A policy is an option word, or else it does not fit the ways.
    const word = words.findIndex((word) => options[word]?.policy !== undefined);
    refuse(PART_OF[error.field] ?? (word < 0 ? 2 : 4 + word), found, expected);
  }
  return level;
}

function parseWays(text: string): number | "full" | undefined {
  if (text === "full") return "full";
  if (text === "direct") return 1;
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function heldByName(name: string): LevelOptions {
  if (/^(L1-?I(CACHE)?|I1|L1-ICACHE)$/i.test(name)) {
    return { holds: "instruction" };
  }
  if (/^(L1-?D(CACHE)?|D1|L1-DCACHE)$/i.test(name)) return { holds: "data" };
  return {};
}

function quote(text: string): string {
  return text === "" ? "nothing" : `"${text}"`;
}
