/**
 * Texts of the command line and the values that they stand for, both ways: what
 * a codec prints it reads again.
 */
import { z } from "zod";
import { PAGE_BYTES } from "../../layouts/abi.ts";
import {
  parseQuantity,
  QuantityError,
  type QuantityRange,
} from "./quantity.ts";
import { exactSize } from "./size_text.ts";
import { unknownName } from "./unknown_name.ts";

/** A text that stands for no value of its option. */
export class FieldTextError extends RangeError {
  override readonly name = "FieldTextError";

  constructor(found: string, expected: string) {
    super(`Found ${found}, expected ${expected}.`);
  }
}

export type TextCodec<Value> = z.ZodCodec<z.ZodString, z.ZodCustom<Value>>;

/** A codec of the texts between commas. */
export type ListCodec<Value> = z.ZodCodec<
  z.ZodArray<z.ZodString>,
  z.ZodCustom<Value>
>;

/**
 * Makes a codec.
 *
 * @param encode Prints a value; default: as JavaScript does.
 */
export function textOf<Value>(
  decode: (text: string) => Value | Promise<Value>,
  encode: (value: Value) => string = String,
): TextCodec<Value> {
  return z.codec(z.string(), z.custom<Value>(), {
    // zod waits for it where it may: z.decodeAsync().
    decode: decode as (text: string) => Value,
    encode,
  });
}

export const anyText: TextCodec<string> = textOf((text) => text);

function quantityText(
  range: QuantityRange,
  encode?: (value: number) => string,
): TextCodec<number> {
  return textOf((text) => {
    try {
      return parseQuantity(text, range);
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      throw new FieldTextError(error.found, error.expected);
    }
  }, encode);
}

/** A whole number. */
export function countText(least: number, most?: number): TextCodec<number> {
  return quantityText({ kind: "count", least, most });
}

/** A size in bytes. */
export function sizeText(least: number, most?: number): TextCodec<number> {
  return quantityText(
    { kind: "size", least, most },
    exactSize,
  );
}

/** A time in seconds. */
export function secondsText(least: number, most: number): TextCodec<number> {
  return quantityText({ kind: "time", least, most, fraction: true });
}

/** A percentage. */
export function percentText(least: number, most: number): TextCodec<number> {
  return quantityText({ kind: "percent", least, most, fraction: true });
}

const sizeFrom0 = sizeText(0);

/** The physical address of a page. */
export const pageAddressText: TextCodec<number> = textOf(
  (text) => {
    const address = z.decode(sizeFrom0, text);
    if (address % PAGE_BYTES === 0) return address;
    throw new FieldTextError(
      `"${text}"`,
      "the address of a page, such as 4G or 0x100000000",
    );
  },
  (address) => `0x${address.toString(16)}`,
);

/**
 * Finds a name that is known.
 *
 * @param kind What it names, for the complaint.
 * @throws {RangeError} If there is none of that name.
 */
export function oneOf<Name extends string>(
  kind: string,
  name: string,
  known: readonly Name[],
): Name {
  const found = known.find((other) => other === name);
  if (found === undefined) throw unknownName(kind, name, known);
  return found;
}

/** Names that a codec knows, to be offered by the completion of a shell. */
const knownNames = new WeakMap<z.ZodType, readonly string[]>();

/**
 * Returns the names that a codec of `nameText()` or `namesText()` takes.
 *
 * @returns The names; nothing for a codec of other texts.
 */
export function namesOfText(text: z.ZodType): readonly string[] | undefined {
  return knownNames.get(text);
}

/** One of several names. */
export function nameText<Name extends string>(
  kind: string,
  known: readonly Name[],
): TextCodec<Name> {
  const codec = textOf((text) => oneOf(kind, text, known));
  knownNames.set(codec, known);
  return codec;
}

/** Makes a codec of a parameter of the kernel that is on or off. */
export function switchText(kind: string): TextCodec<boolean> {
  return textOf(
    (text) => oneOf(kind, text, ["on", "off"]) === "on",
    (on) => on ? "on" : "off",
  );
}

/**
 * Makes a codec of a list.
 *
 * @param decode Reads the texts between commas.
 * @returns The codec; what is not text in the list has none.
 */
export function listOf<Value extends readonly unknown[]>(
  decode: (texts: readonly string[]) => Value,
): ListCodec<Value> {
  return z.codec(z.array(z.string()), z.custom<Value>(), {
    decode,
    encode: (values) => values.filter((value) => typeof value === "string"),
  });
}

/** Some of several names, each once. */
export function namesText<Name extends string>(
  kind: string,
  known: readonly Name[],
): ListCodec<readonly Name[]> {
  const codec = listOf((texts) => [
    ...new Set(texts.map((text) => oneOf(kind, text, known))),
  ]);
  knownNames.set(codec, known);
  return codec;
}
