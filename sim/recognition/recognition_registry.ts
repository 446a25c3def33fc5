/**
 * The recognitions that the path can use: what each asks of a layout, and how
 * it is made. Adding one is its file, its test, and one entry here.
 */
import type { Abi } from "../../layouts/abi.ts";
import {
  type AskedOfLayout,
  isUnsupported,
  type Layout,
  type Unsupported,
} from "../../layouts/layout.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import type { StructFields } from "../kernel/path_structs.ts";
import { recogniseBio } from "./recognise_bio.ts";
import { recogniseMapFirst } from "./recognise_map_first.ts";
import { recognisePage } from "./recognise_page.ts";
import { type RangeStructure, recogniseRange } from "./recognise_range.ts";
import { recogniseSegment } from "./recognise_segment.ts";
import type { RecognitionStrategy } from "./recognition.ts";

/** How the path finds out that an address is P2P (blockspec 3.5). */
export type Recognition = "page" | "segment" | "bio" | "range" | "map_first";

export interface RecognitionParts {
  readonly memory: KernelMemory;
  readonly pages: PageArray;
  readonly map: MemoryMap;
  readonly bio: StructFields;
  /** What `range` keeps its ranges in; default: a sorted array. */
  readonly ranges?: RangeStructure | undefined;
}

/** A recognition that the path can use. */
interface PathRecognition {
  /** What it asks of a layout. */
  readonly asks: AskedOfLayout;
  /**
   * Whether a bio has one kind of memory; otherwise each of its segments says.
   */
  readonly endsBioByKind?: true;
  readonly make: (parts: RecognitionParts) => RecognitionStrategy;
  /** Its header in `bench/native/path/`; absent: the path in C has none. */
  readonly header?: string;
}

const REGISTERED: Readonly<Record<Recognition, PathRecognition>> = {
  page: {
    asks: "memory",
    endsBioByKind: true,
    make: ({ pages }) => recognisePage(pages),
    header: "recognise_page.h",
  },
  segment: {
    asks: "flag",
    make: ({ memory, map, pages }) => recogniseSegment(memory, map, pages),
    header: "recognise_segment.h",
  },
  bio: {
    asks: "memory",
    endsBioByKind: true,
    make: ({ memory, bio, pages }) => recogniseBio(memory, bio, pages),
    header: "recognise_bio.h",
  },
  range: {
    asks: "memory",
    make: ({ memory, map, ranges }) => recogniseRange(memory, map, ranges),
    header: "recognise_range.h",
  },
  "map_first": {
    asks: "dma",
    make: recogniseMapFirst,
    header: "recognise_map_first.h",
  },
};

/** All recognitions, in the order of listings. */
export const recognitions: readonly Recognition[] = Object.freeze(
  Object.keys(REGISTERED) as Recognition[],
);

/** Those that the path in C has. */
export const NATIVE_RECOGNITIONS: readonly Recognition[] = Object.freeze(
  recognitions.filter((name) => REGISTERED[name].header !== undefined),
);

/**
 * Tells whether a layout has what a recognition asks of it.
 *
 * @returns True, or why not.
 */
export function servesRecognition(
  layout: Layout,
  by: { readonly abi: Abi; readonly recognition: Recognition },
): true | Unsupported {
  return layout.serves(by.abi, REGISTERED[by.recognition].asks);
}

/**
 * Refuses a recognition that a layout cannot serve.
 *
 * @throws {RangeError} If it cannot, with the reason.
 */
export function requireRecognition(
  layout: Layout,
  by: { readonly abi: Abi; readonly recognition: Recognition },
): void {
  const served = servesRecognition(layout, by);
  if (!isUnsupported(served)) return;
  throw new RangeError(
    `Cannot use recognition "${by.recognition}" with layout ` +
      `"${layout.name}" on ABI "${by.abi.name}": ${served.unsupported}`,
  );
}

/**
 * Tells whether bios end where memory of another kind begins, as a recognition
 * by page or by bio needs it (blockspec 3.5).
 *
 * @param recognition Its name, as in a result.
 */
export function endsBioByKind(recognition: string): boolean {
  const known = recognitions.find((name) => name === recognition);
  return known !== undefined && REGISTERED[known].endsBioByKind === true;
}

/**
 * Names the C header of a recognition.
 *
 * @returns A file of `bench/native/path/`; nothing if the path in C has none.
 */
export function recognitionHeader(
  recognition: Recognition,
): string | undefined {
  return REGISTERED[recognition].header;
}

export function makeRecognition(
  recognition: Recognition,
  parts: RecognitionParts,
): RecognitionStrategy {
  return REGISTERED[recognition].make(parts);
}
