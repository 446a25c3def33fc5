/**
 * What the parts of a codec share: the layout on its ABI, its array shape, and
 * how the place of a field becomes accessors.
 */
import type { Abi } from "./abi.ts";
import { type ArrayShape, type Locate, regionOf } from "./array_shape.ts";
import type { Layout } from "./layout.ts";
import type { OwnMaker } from "./own_copy.ts";
import { findField } from "./placed_members.ts";
import type { PlacedStruct } from "./struct.ts";
import { fieldWindow, type Window } from "./window.ts";
import { type MemoryView, type WordAccess, wordAccess } from "./word.ts";

/** A layout on an ABI, about to become a codec over a view. */
export interface CodecSite {
  readonly layout: Layout;
  readonly abi: Abi;
  readonly placed: PlacedStruct;
  readonly shape: ArrayShape;
  readonly view: MemoryView;
  /** Returns the functions that make those of the codec. */
  readonly own: OwnMaker;
}

/** A field's window with its locator and accessors. */
export interface FieldAccess {
  readonly window: Window;
  readonly locate: Locate;
  readonly words: WordAccess;
}

export function fieldAccess(site: CodecSite, name: string): FieldAccess {
  const { placed, shape, view, abi, own } = site;
  const region = regionOf(shape, findField(placed, name).startBit >>> 3);
  const window = fieldWindow(placed, { name, region });
  return {
    window,
    locate: shape.locator(window.startByte),
    words: wordAccess(view, {
      sizeBytes: window.sizeBytes,
      littleEndian: abi.littleEndian,
    }, own),
  };
}

/**
 * Returns whether two fields are accessed through the same bytes.
 *
 * @returns Whether one store writes both.
 */
export function sameWindow(a: FieldAccess, b: FieldAccess): boolean {
  return a.window.startByte === b.window.startByte &&
    a.window.sizeBytes === b.window.sizeBytes;
}
