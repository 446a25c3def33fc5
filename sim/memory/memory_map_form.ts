/** The form of a machine's memory. */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import type { MemoryMap, MemoryMapOptions } from "./memory_map.ts";

const PAGE_BYTES = 4096;

const physical = z.bigint({ error: "a bigint, a physical address" })
  .refine(
    (address) =>
      address >= 0n && address < 1n << 52n &&
      address % BigInt(PAGE_BYTES) === 0n,
    "a multiple of 4096 below 2^52",
  );

const sizeBytes = wholeNumber(PAGE_BYTES, 2 ** 52).refine(
  (size) => size % PAGE_BYTES === 0,
  "a multiple of 4096",
);

/** Where memory is: each key, and nothing beside them. */
export const memoryMapSchema: z.ZodType<MemoryMap> = z.strictObject({
  dram: z.array(z.strictObject({ startPhys: physical, sizeBytes }))
    .min(1, "a list that is not empty"),
  providers: z.array(z.strictObject({
    name: someText(),
    startPhys: physical,
    sizeBytes,
    busAddress: z.bigint().min(0n).max((1n << 64n) - 1n),
  })),
  folioOrder: wholeNumber(0, 18).optional(),
}) as unknown as z.ZodType<MemoryMap>;

/** How the default memory map is sized. */
export const mapOptionsSchema = z.strictObject(
  {
    leastDramBytes: wholeNumber(0, 2 ** 52).refine(
      (size) => size % PAGE_BYTES === 0,
      "a multiple of 4096",
    ).optional(),
    folioOrder: wholeNumber(0, 18).optional(),
  } satisfies Record<keyof MemoryMapOptions, z.ZodType>,
);
