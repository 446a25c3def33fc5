/**
 * Does the loads and stores of a site of `TOUCH_SITES`: of each field once in
 * the order of the table, whatever its value is. What is only stored becomes
 * 0, what is updated keeps its value.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import type { TouchingFunction } from "./touch_site.ts";
import { TOUCH_SITES, type TouchSiteName } from "./touched_fields.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** How a field is touched. */
export type TouchKind = "read" | "update" | "write";

/** One field that a site touches. */
export interface TouchedField {
  /** Byte offset in the object. */
  readonly offsetBytes: number;
  /** 1, 2, 4 or 8 bytes. */
  readonly sizeBytes: number;
  /** How. */
  readonly kind: TouchKind;
}

const SIZES = [1, 2, 4, 8];
const LARGEST = 8;
/** arch_spinlock_t. */
const LOCK_BYTES = 4;
const KINDS = ["read", "update", "write"] as const;

/**
 * Lists what a site touches of an object.
 *
 * @param abi The ABI, for the size of a pointer.
 * @returns The fields that the struct has, in order.
 */
export function touchedFields(
  struct: ParsedStruct,
  site: TouchSiteName,
  abi: Pick<Abi, "pointerBytes">,
): readonly TouchedField[] {
  const functions: readonly TouchingFunction[] = TOUCH_SITES[site].functions;
  return functions.flatMap((one) =>
    KINDS.flatMap((kind) =>
      (one[`${kind}s`] ?? []).flatMap((name) => {
        const field = placeOf(struct, name, abi);
        return field === undefined ? [] : [{ ...field, kind }];
      })
    )
  );
}

/** Where a field is, or an element of an array of pointers. */
function placeOf(
  struct: ParsedStruct,
  name: string,
  { pointerBytes }: Pick<Abi, "pointerBytes">,
): { offsetBytes: number; sizeBytes: number } | undefined {
  const [, array, index] = /^(.*)\[(\d+)\]$/.exec(name) ?? [];
  const field = struct.fields[array ?? name];
  if (field === undefined) return undefined;
  const { offsetBytes, sizeBytes } = field;
  if (index !== undefined) {
    return {
      offsetBytes: offsetBytes + Number(index) * pointerBytes,
      sizeBytes: pointerBytes,
    };
  }
  if (SIZES.includes(sizeBytes)) return { offsetBytes, sizeBytes };
  // A lock of a kernel that checks its locks begins with the lock itself.
  if (sizeBytes > LARGEST) return { offsetBytes, sizeBytes: LOCK_BYTES };
  throw new RangeError(
    `Cannot touch field "${name}": it has ${sizeBytes} bytes, expected one ` +
      `of ${SIZES.join(", ")}`,
  );
}

/** Loads and stores of a site; takes where the object is. */
export type Touch = (object: number) => void;

/** The accessors that a touch is made of, in the order of its parameters. */
const ACCESSORS = [
  "get8",
  "get16",
  "get32",
  "get64Lo",
  "get64Hi",
  "set8",
  "set16",
  "set32",
  "set64",
  "clear64",
] as const;

/** Makes a touch from accessors. */
type TouchMaker = (
  memory: Pick<
    KernelMemory,
    (typeof ACCESSORS)[number] | "setOwn" | "loadedAt"
  >,
) => Touch;

/**
 * Makes the loads and stores of a site.
 *
 * They are compiled one after another, as in C: a loop over the table with a
 * jump for each field took a third of a 4 KiB I/O. The text has nothing but
 * numbers and the names of accessors in it.
 *
 * @param objectAt Offset of the object from what the function is given.
 */
export function createTouch(
  memory: KernelMemory,
  struct: ParsedStruct,
  site: TouchSiteName,
  objectAt = 0,
): Touch {
  const lines = touchedFields(struct, site, memory.abi).map((field) =>
    lineOf(field, field.offsetBytes + objectAt)
  );
  return makerOf(lines.join("\n"))(memory);
}

/**
 * Makers by their text: the paths of an isolate that many layouts share touch
 * the same fields, and V8 compiles them once, and calls one function.
 */
const makers = new Map<string, TouchMaker>();

/** Returns what makes a touch of statements. */
function makerOf(statements: string): TouchMaker {
  const known = makers.get(statements);
  if (known !== undefined) return known;
  // V8 folds constants into the code, but no parameters (bench/HOT_PATH.md).
  const make = new Function(
    "memory",
    [
      `"use strict";`,
      ...ACCESSORS.map((name) => `const ${name} = memory.${name};`),
      "const { setOwn, loadedAt } = memory;",
      "return (object) => {",
      // What was loaded is kept, or V8 would leave the loads out: once at the
      // end, for a variable of the closure would be stored at each of them.
      ...(statements.includes("loaded")
        ? ["let loaded = 0;", statements, "setOwn(loadedAt, loaded);"]
        : [statements]),
      "};",
    ].join("\n"),
  ) as TouchMaker;
  makers.set(statements, make);
  return make;
}

/** The statement that touches a field. */
function lineOf({ kind, sizeBytes }: TouchedField, offset: number): string {
  if (!Number.isSafeInteger(offset)) {
    throw new RangeError(
      `Cannot touch a field at ${offset}, expected a whole number of bytes`,
    );
  }
  const at = `(object + ${offset}) | 0`;
  const bits = sizeBytes * 8;
  if (kind === "read") {
    return `loaded ^= get${bits === 64 ? "64Lo" : bits}(${at});`;
  }
  if (bits === 64 && kind === "write") return `clear64(${at});`;
  const values = bits === 64
    ? `get64Lo(${at}), get64Hi(${at})`
    : kind === "write"
    ? "0"
    : `get${bits}(${at})`;
  return `set${bits}(${at}, ${values});`;
}
