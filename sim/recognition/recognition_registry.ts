/**
 * The recognitions that the path can use. Adding one is its file, its test,
 * and one line here.
 */
import { type Recognition, recognitions } from "../../layouts/layout.ts";
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

/** What strategies are made from. */
export interface RecognitionParts {
  /** Kernel memory. */
  readonly memory: KernelMemory;
  /** Struct pages. */
  readonly pages: PageArray;
  /** The machine's memory map. */
  readonly map: MemoryMap;
  /** Offsets of struct bio. */
  readonly bio: StructFields;
  /** What `range` keeps its ranges in; default: a sorted array. */
  readonly ranges?: RangeStructure | undefined;
}

/** A recognition that the path can use. */
interface PathRecognition {
  /** Makes its strategy. */
  readonly make: (parts: RecognitionParts) => RecognitionStrategy;
  /** Its header in `bench/native/path/`; absent: the path in C has none. */
  readonly header?: string;
}

const REGISTERED: Readonly<Record<Recognition, PathRecognition>> = {
  page: {
    make: ({ pages }) => recognisePage(pages),
    header: "recognise_page.h",
  },
  segment: {
    make: ({ memory, map, pages }) => recogniseSegment(memory, map, pages),
    header: "recognise_segment.h",
  },
  bio: {
    make: ({ memory, bio, pages }) => recogniseBio(memory, bio, pages),
    header: "recognise_bio.h",
  },
  range: {
    make: ({ memory, map, ranges }) => recogniseRange(memory, map, ranges),
    header: "recognise_range.h",
  },
  "map_first": {
    make: recogniseMapFirst,
    header: "recognise_map_first.h",
  },
};

/** Recognitions that the path can use, in the order of listings. */
export const PATH_RECOGNITIONS: readonly Recognition[] = recognitions;

/**
 * Names the C header of a recognition.
 *
 * @param recognition Its name.
 * @returns A file of `bench/native/path/`; nothing if the path in C has none.
 */
export function recognitionHeader(
  recognition: Recognition,
): string | undefined {
  return REGISTERED[recognition].header;
}

/**
 * Makes the strategy of a recognition.
 *
 * @param recognition Its name.
 * @param parts What it is made from.
 */
export function makeRecognition(
  recognition: Recognition,
  parts: RecognitionParts,
): RecognitionStrategy {
  return REGISTERED[recognition].make(parts);
}
