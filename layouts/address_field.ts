/** The field that keeps an address, and what reads and writes it. */
import type { Locate } from "./array_shape.ts";
import type { WordAccess } from "./word.ts";

/** Virtual address of the `struct page` of physical address 0. */
export interface PageArrayBase {
  readonly baseLo: number;
  readonly baseHi: number;
}

export interface AddressField {
  readonly locate: Locate;
  readonly words: WordAccess;
  /** Bits of the field that are the flag, as a lo/hi pair. */
  readonly flagLo: number;
  readonly flagHi: number;
}

export interface WholeAddress {
  readonly lo: Locate;
  /** Of the address that `lo` has read before: the same load for a tracer. */
  readonly hi: Locate;
  /** `flag` is used only where the address field holds the flag too. */
  readonly write: (
    base: number,
    capacity: number,
    index: number,
    lo: number,
    hi: number,
    flag: number,
  ) => void;
}

/** Reads a pointer to a struct page. */
export interface PagePointer {
  readonly lo: Locate;
  /** Of the pointer that `lo` has read before: the same load for a tracer. */
  readonly hi: Locate;
}

/** Reads and writes the offset in a page that is in a field of its own. */
export type OffsetAccess = Pick<AddressField, "locate" | "words">;

export const noOffset: OffsetAccess = {
  locate: () => 0,
  words: {
    lo: () => 0,
    hi: () => 0,
    keptLo: () => 0,
    keptHi: () => 0,
    onlyHi: () => 0,
    write: () => {},
  },
};
