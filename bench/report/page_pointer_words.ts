/** Where page pointers go while a bio is filled, in words. */
import type { PagePointers } from "../../layouts/page_pointers.ts";

/**
 * Says where page pointers go while a bio is filled.
 *
 * @returns Half a sentence for listings.
 */
export function pagePointersText({ place, reason }: PagePointers): string {
  switch (place) {
    case "tail":
      return "in the tail of the array";
    case "byte_tail":
      return `in the tail, in bytes: ${reason}`;
    case "bounce":
      return `in a bounce array: ${reason}`;
  }
}
