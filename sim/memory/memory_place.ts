/** Where an arena is, and what reads and writes it there. */
import type { Abi } from "../../layouts/abi.ts";
import type { MemoryView } from "../../layouts/word.ts";
import { allocateArena } from "./allocate.ts";
import { MemoryAccess } from "./memory_access.ts";
import { type OwnAccess, ownAccess } from "./own_words.ts";

/** What an arena needs of a place. */
export interface PlaceOptions {
  /** The ABI: byte order and pointer size. */
  readonly abi: Abi;
  /** Size of the arena in bytes, up to 2^31 - 1. */
  readonly sizeBytes: number;
  /** Memory that holds the arena, such as another worker's; default: new. */
  readonly buffer?: SharedArrayBuffer | undefined;
  /**
   * Whether nobody else lays that memory out; default: no, another worker may.
   */
  readonly isAlone?: boolean | undefined;
  /** Where in that memory it begins; default: at its first byte. */
  readonly baseBytes?: number | undefined;
  /** Wraps the view, for the tracer; default: the plain DataView. */
  readonly wrap?: ((view: DataView) => MemoryView) | undefined;
}

/** An arena, and how it is read and written. */
export interface MemoryPlace {
  /** What it is in. */
  readonly buffer: SharedArrayBuffer;
  /** The arena itself. */
  readonly plain: DataView;
  /** What every access goes through. */
  readonly view: MemoryView;
  /** All bits that an offset in it may have. */
  readonly offsetMask: number;
  readonly access: MemoryAccess;
  /** Words of the lab's own. */
  readonly own: OwnAccess;
}

/** Gives an arena a place of its own, or in memory that is there. */
export function placeOf(options: PlaceOptions): MemoryPlace {
  const { abi, sizeBytes, baseBytes = 0 } = options;
  const buffer = options.buffer ?? allocateArena("kernel memory", sizeBytes);
  const plain = new DataView(buffer, baseBytes, sizeBytes);
  const view = options.wrap?.(plain) ?? plain;
  const offsetMask = 2 ** (32 - Math.clz32(sizeBytes - 1)) - 1;
  const access = new MemoryAccess(view, abi, offsetMask);
  const isAlone = options.buffer === undefined || options.isAlone === true;
  const own = ownAccess(isAlone ? plain : undefined);
  return { buffer, plain, view, offsetMask, access, own };
}
