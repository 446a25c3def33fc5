/** The form of an ABI. */
import { z } from "zod";
import type { Abi } from "./abi.ts";
import { someText, wholeNumber } from "./option_check.ts";

const pointerSize = z.union([z.literal(4), z.literal(8)], { error: "4 or 8" });

/** An ABI: each key, and nothing beside them. */
export const abiSchema: z.ZodType<Abi> = z.strictObject({
  name: someText(),
  title: z.string(),
  target: z.string(),
  pointerBytes: pointerSize,
  longBytes: pointerSize,
  physBytes: pointerSize,
  u64AlignBytes: pointerSize,
  mostAlignBytes: z.union([z.literal(8), z.literal(16)], { error: "8 or 16" }),
  unnamedBitsAlign: z.boolean(),
  littleEndian: z.boolean(),
  physBits: wholeNumber(12, 64),
  pageStructBytes: wholeNumber(1, 4096),
  pageArrayBase: z.bigint().min(0n).max((1n << 64n) - 1n),
});
