/**
 * The recognitions that the path can use. Adding one is its file, its test,
 * and one line here.
 */
import type { Recognition } from "../../layouts/layout.ts";
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
  readonly ranges?: RangeStructure;
}

const MAKERS: Partial<
  Record<Recognition, (parts: RecognitionParts) => RecognitionStrategy>
> = {
  page: ({ pages }) => recognisePage(pages),
  segment: ({ memory, map }) => recogniseSegment(memory, map),
  bio: ({ memory, bio }) => recogniseBio(memory, bio),
  range: ({ memory, map, ranges }) => recogniseRange(memory, map, ranges),
  "map_first": recogniseMapFirst,
};

/** Recognitions that the path can use, in the order of listings. */
export const PATH_RECOGNITIONS: readonly Recognition[] = Object.freeze(
  Object.keys(MAKERS) as Recognition[],
);

/**
 * Makes the strategy of a recognition.
 *
 * @param recognition Its name.
 * @param parts What it is made from.
 * @returns The strategy.
 * @throws {RangeError} If the path has no such recognition.
 */
export function makeRecognition(
  recognition: Recognition,
  parts: RecognitionParts,
): RecognitionStrategy {
  const make = MAKERS[recognition];
  if (make === undefined) {
    throw new RangeError(
      `Cannot use recognition "${recognition}": the path has none of it yet, ` +
        `expected one of: ${PATH_RECOGNITIONS.join(", ")}`,
    );
  }
  return make(parts);
}
