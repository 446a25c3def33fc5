/**
 * Reads what `lscpu -C --json` prints: the caches of a machine that Deno may
 * not look at itself, or that is another one.
 */
import { z } from "zod";
import { readJsonForm } from "../text/json_form.ts";
import type { Cpu } from "./cpu.ts";
import { cpuOfCaches } from "./system_caches.ts";

const COUNT = { error: "expected a count from 1 on" };
/** Of util-linux 2.34 and later as a number, before as text. */
const count = z.union([
  z.int(COUNT).positive(COUNT),
  z.string(COUNT).regex(/^[1-9]\d{0,8}$/, COUNT).transform(Number),
], COUNT);

const SHIFT: Readonly<Record<string, number>> = { K: 10, M: 20, G: 30 };

const SIZE = { error: 'expected a size like "32K"' };
/** `32K`, `1.3M` (rounded), or bytes with `--bytes`. */
const size = z.union([
  z.int(SIZE).positive(SIZE),
  z.string(SIZE).regex(/^\d{1,12}(?:\.\d+)?[KMG]?$/, SIZE).transform((text) =>
    Math.round(parseFloat(text) * 2 ** (SHIFT[text.slice(-1)] ?? 0))
  ),
], SIZE);

const LEVEL = { error: "expected a level from 1 to 9" };

const lscpuSchema = z.looseObject({
  caches: z.array(z.looseObject({
    "name": z.string().regex(/^[A-Za-z][\w.-]*$/, {
      error: 'expected a name like "L1d"',
    }),
    "one-size": size,
    "ways": count,
    "type": z.enum(["Data", "Instruction", "Unified"]),
    "level": z.union([
      z.int(LEVEL).min(1, LEVEL).max(9, LEVEL),
      z.string(LEVEL).regex(/^[1-9]$/, LEVEL).transform(Number),
    ], LEVEL),
    "sets": count.nullish(),
    "coherency-size": count,
  })).min(1, { error: "expected at least one cache" }),
});

/** How far a size may be from ways x sets x line: lscpu rounds to 1.3M. */
const ROUNDING = 0.06;

/** Returns whether a text is JSON of lscpu and not a CPU file. */
export function isLscpu(text: string): boolean {
  return /^\ufeff?\s*\{\s*"caches"\s*:/.test(text);
}

/**
 * Reads the caches that lscpu reports.
 *
 * @param name Name of the file, for errors and as the CPU's name.
 * @param text What `lscpu -C --json` printed.
 * @throws {SyntaxError} If it is not JSON of that form; the message names file,
 * line and column.
 * @throws {RangeError} If its hierarchy cannot be modelled.
 */
export function readLscpu(name: string, text: string): Cpu {
  const { value, complaint } = readJsonForm(text, {
    kind: "lscpu caches",
    fileName: name,
    schema: lscpuSchema,
  });
  const caches = value.caches.map((cache, index) => {
    const { ways, sets, "coherency-size": lineBytes, "one-size": told } = cache;
    const exact = sets ? ways * sets * lineBytes : told;
    if (Math.abs(exact - told) > ROUNDING * exact) {
      throw complaint(
        ["caches", index, "one-size"],
        `caches.${index}: found a size of ${told} bytes and ${ways} ways of ` +
          `${sets} sets of ${lineBytes} bytes, expected both to agree`,
      );
    }
    const { name, level, type } = cache;
    return { name, level, type, sizeBytes: exact, ways, lineBytes };
  });
  return cpuOfCaches(caches, {
    name: "lscpu",
    title: `Caches reported by lscpu in ${name}`,
    source: "lscpu -C",
  });
}
