/**
 * Atomic operations and locks of a traced path, exactly: a read that is at once
 * followed by a write of the same bytes changes a field, and some fields are
 * only ever changed by locked instructions. Which those are, and in which
 * functions of the kernel, is in the table here and nowhere else.
 *
 * A lock counts where it is given back, because the model writes it once more
 * for each command of a plug, which the kernel issues under one
 * (nvme_submit_cmds() of drivers/nvme/host/pci.c).
 */
import { CLEARED_AT } from "../block/tag_words.ts";
import { DIO } from "../block/blkdev_dio.ts";
import type { Abi } from "../../layouts/abi.ts";
import type { KernelStructs } from "../kernel/path_structs.ts";

/** What a field is changed by. */
export type AtomicKind = "atomic" | "lock";

/** Operations on one field. */
export interface AtomicCost {
  readonly structure: string;
  readonly field: string;
  /** Whether it is a lock. */
  readonly kind: AtomicKind;
  /** Operations; of a lock, how often it was taken. */
  readonly count: number;
}

/** A field that is only ever changed by locked instructions. */
interface AtomicField {
  readonly structure: string;
  readonly field: string;
  readonly kind: AtomicKind;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** struct dma_pool: its lock is after a list head (mm/dmapool.c). */
const SMALL_POOL = "dma_pool 256";
/**
 * Changes of its references that the model makes of an I/O of one bio; there
 * __blkdev_direct_IO_async() has none (block/fops.c).
 */
const ONE_BIO = 3;
/** Those of several that are the submitter's own, which it does without. */
const SUBMITTERS_OWN = 2;

function atomicFields(structs: KernelStructs, abi: Abi): AtomicField[] {
  const at = (struct: keyof KernelStructs, name: string) =>
    structs[struct].fields[name]?.offsetBytes;
  const field = (
    structure: string,
    name: string,
    offsetBytes: number | undefined,
    rest: { kind?: AtomicKind; sizeBytes?: number } = {},
  ): AtomicField[] =>
    offsetBytes === undefined ? [] : [{
      ...{ structure, field: name, offsetBytes },
      kind: rest.kind ?? "atomic",
      sizeBytes: rest.sizeBytes ?? 4,
    }];
  const { longBytes } = abi;
  return [
    // folio_lock(), folio_mark_dirty(), folio_unlock()
    ...field("page", "flags", at("page", "flags") ?? 0, {
      sizeBytes: longBytes,
    }),
    // folio_ref_add(), folio_put_refs()
    ...field("page", "_refcount", at("page", "_refcount")),
    // bio_chain(), bio_remaining_done()
    ...field("bio", "__bi_remaining", at("bio", "__bi_remaining")),
    // Only of an I/O of several bios.
    ...field("blkdev_dio", "ref", DIO.ref),
    // req_ref_put_and_test()
    ...field("request", "ref", at("request", "ref")),
    // test_and_set_bit_lock(), atomic_long_andnot()
    ...field("sbitmap_word", "word", 0, { sizeBytes: longBytes }),
    // set_bit(), xchg()
    ...field("sbitmap_word", "cleared", CLEARED_AT, { sizeBytes: longBytes }),
    ...field("sbitmap_word", "swap_lock", CLEARED_AT + longBytes, {
      kind: "lock",
    }),
    ...field("nvme_queue", "sq_lock", at("nvmeQueue", "sq_lock"), {
      kind: "lock",
    }),
    ...field(SMALL_POOL, "lock", 2 * abi.pointerBytes, { kind: "lock" }),
  ];
}

/** An access, where it is and in which object. */
export interface PlacedAccess {
  /** Address, for whether two accesses are of the same bytes. */
  readonly at: number;
  readonly sizeBytes: number;
  readonly isWrite: boolean;
  readonly structure: number;
  /** Offset in its object. */
  readonly offsetBytes: number;
}

/** Counts the operations of one worker's trace. */
export class AtomicCosts {
  readonly #fields: readonly AtomicField[];
  /** For each field, operations so far. */
  readonly #counts: number[];
  /** For each structure, the fields of it. */
  readonly #byStructure: readonly (readonly number[])[];
  /** Changes of references of I/Os that have not ended, by address. */
  readonly #references = new Map<number, number>();
  readonly #dio: number;
  #lastAt = -1;
  #lastBytes = 0;
  #lastIsRead = false;

  /**
   * Starts at 0.
   *
   * @param structures Names of the structures; accesses give an index.
   */
  constructor(
    structures: readonly string[],
    kernel: { readonly structs: KernelStructs; readonly abi: Abi },
  ) {
    const fields = atomicFields(kernel.structs, kernel.abi);
    this.#fields = fields;
    this.#counts = fields.map(() => 0);
    this.#dio = fields.findIndex(({ structure }) => structure === "blkdev_dio");
    this.#byStructure = structures.map((name) =>
      fields.flatMap(({ structure }, i) => structure === name ? [i] : [])
    );
  }

  take(access: PlacedAccess): void {
    const { at, sizeBytes, isWrite, structure, offsetBytes } = access;
    const changes = isWrite && this.#lastIsRead && this.#lastAt === at &&
      this.#lastBytes === sizeBytes;
    this.#lastAt = at;
    this.#lastBytes = sizeBytes;
    this.#lastIsRead = !isWrite;
    if (!isWrite) return;
    for (const i of this.#byStructure[structure] ?? []) {
      const field = this.#fields[i] as AtomicField;
      const inside = offsetBytes - field.offsetBytes;
      if (inside < 0 || inside >= field.sizeBytes) continue;
      // A lock is read and written when it is taken, and written when it is
      // released.
      const counts = field.kind === "lock" ? !changes : changes;
      if (i === this.#dio) this.#reference(at, changes);
      else if (counts) this.#counts[i] = (this.#counts[i] as number) + 1;
    }
  }

  /**
   * Returns what was counted of fields that were changed at all.
   *
   * @returns The fields, in the order of the table.
   */
  costs(): AtomicCost[] {
    for (const at of [...this.#references.keys()]) this.#reference(at, false);
    return this.#fields.flatMap(({ structure, field, kind }, i) => {
      const count = this.#counts[i] ?? 0;
      return count === 0 ? [] : [{ structure, field, kind, count }];
    });
  }

  /** atomic_set() begins an I/O again: what was its predecessor's is known. */
  #reference(at: number, changes: boolean): void {
    const known = this.#references.get(at);
    if (changes) {
      this.#references.set(at, (known ?? 0) + 1);
      return;
    }
    this.#references.delete(at);
    if (known === undefined || known <= ONE_BIO) return;
    this.#counts[this.#dio] = (this.#counts[this.#dio] as number) + known -
      SUBMITTERS_OWN;
  }
}

/**
 * Adds up the operations of several workers.
 *
 * @returns The sums, in the order in which fields first come.
 */
export function addAtomicCosts(
  all: readonly (readonly AtomicCost[])[],
): AtomicCost[] {
  const sums = new Map<string, AtomicCost>();
  for (const cost of all.flat()) {
    const key = `${cost.structure}.${cost.field}`;
    const known = sums.get(key);
    sums.set(key, { ...cost, count: cost.count + (known?.count ?? 0) });
  }
  return [...sums.values()];
}
