/**
 * Does the loads and stores of a site of `TOUCH_SITES`: of each field once in
 * the order of the table, whatever its value is. What is only stored becomes
 * 0, what is updated keeps its value.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import {
  TOUCH_SITES,
  type TouchingFunction,
  type TouchSiteName,
} from "./touched_fields.ts";
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
 * @param struct Where the fields lie.
 * @param site The site.
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

/** Where a field lies, or an element of an array of pointers. */
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

/** Low two bits: log2 of the size; the next two: index in `KINDS`. */
function codeOf({ sizeBytes, kind }: TouchedField): number {
  return SIZES.indexOf(sizeBytes) | KINDS.indexOf(kind) << 2;
}

/** Loads and stores of a site; takes where the object lies. */
export type Touch = (object: number) => void;

/**
 * Makes the loads and stores of a site.
 *
 * @param memory Kernel memory.
 * @param struct Where the fields lie.
 * @param site The site.
 * @param objectAt Offset of the object from what the function is given.
 * @returns The function.
 */
export function createTouch(
  memory: KernelMemory,
  struct: ParsedStruct,
  site: TouchSiteName,
  objectAt = 0,
): Touch {
  const fields = touchedFields(struct, site, memory.abi);
  const count = fields.length;
  const offsets = Int32Array.from(
    fields,
    ({ offsetBytes }) => offsetBytes + objectAt,
  );
  const codes = Uint8Array.from(fields, codeOf);
  const { get8, get16, get32, get64Lo, get64Hi } = memory;
  const { set8, set16, set32, set64 } = memory;
  // What was loaded is kept somewhere, or V8 would leave the load out.
  let loaded = 0;
  return (object) => {
    for (let i = 0; i < count; i++) {
      const at = (object + (offsets[i] as number)) | 0;
      switch (codes[i]) {
        case 0:
          loaded ^= get8(at);
          break;
        case 1:
          loaded ^= get16(at);
          break;
        case 2:
          loaded ^= get32(at);
          break;
        case 3:
          loaded ^= get64Lo(at);
          break;
        case 4:
          set8(at, get8(at));
          break;
        case 5:
          set16(at, get16(at));
          break;
        case 6:
          set32(at, get32(at));
          break;
        case 7:
          set64(at, get64Lo(at), get64Hi(at));
          break;
        case 8:
          set8(at, 0);
          break;
        case 9:
          set16(at, 0);
          break;
        case 10:
          set32(at, 0);
          break;
        default:
          set64(at, 0, 0);
      }
    }
  };
}
