/**
 * One contender of the codec bench: a layout's codec, or a loop over a
 * `DataView` written by hand for the same bytes. Each runs in a worker of its
 * own (design.md, rule 1).
 */
import { findAbi } from "../../layouts/abi.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import { findLayout } from "../../layouts/registry.ts";

/** What is measured: writing, walking all fields, or the loop by hand. */
export type CodecTask = "encode" | "walk" | "hand";

export interface CodecContender {
  readonly layout: string;
  readonly task: CodecTask;
}

/** Segments of the array: 64 KiB of 16-byte segments, inside an L2 cache. */
const SEGMENTS = 4096;
/** Times that the array is passed over for one measurement. */
export const PASSES = 256;

/**
 * Makes one contender, on lp64.
 *
 * @returns A function that passes over all segments once and gives a value
 * that depends on all of them.
 */
export function makeContender({ layout, task }: CodecContender): () => number {
  const view = new DataView(new SharedArrayBuffer(SEGMENTS * 40));
  const codec = makeCodec(findLayout(layout), findAbi("lp64"), view);
  const fill = () => {
    for (let i = 0; i < SEGMENTS; i++) {
      codec.set(0, SEGMENTS, i, i << 12, i & 15, 512 + i, i & 1);
    }
    return view.getInt32(SEGMENTS, true);
  };
  fill();
  if (task === "encode") return fill;
  if (task === "hand") return handWritten(layout, view);
  return () => {
    let sum = 0;
    for (let i = 0; i < SEGMENTS; i++) {
      sum ^= codec.physLo(0, SEGMENTS, i);
      sum ^= codec.physHi(0, SEGMENTS, i);
      sum ^= codec.length(0, SEGMENTS, i);
    }
    return sum;
  };
}

/** Layouts that have a loop by hand to compare with. */
export const HAND_WRITTEN: readonly string[] = [
  "page_offset",
  "phys_flags",
  "phys_packed",
  "soa_phys_len",
];

// Upper half of the page array's address (layouts/abi.ts), as an int32.
const VMEMMAP_HI = 0xffd4_0000 | 0;

function handWritten(layout: string, given: DataView): () => number {
  const view = given;
  switch (layout) {
    case "page_offset":
      return () => {
        let sum = 0;
        for (let i = 0; i < SEGMENTS; i++) {
          const lo = view.getInt32(i * 16, true);
          const hi = view.getInt32(i * 16 + 4, true);
          sum ^= (lo << 6) | view.getInt32(i * 16 + 12, true);
          sum ^= (lo >>> 26) | ((hi - VMEMMAP_HI) << 6);
          sum ^= view.getInt32(i * 16 + 8, true);
        }
        return sum;
      };
    case "phys_flags":
      return () => {
        let sum = 0;
        for (let i = 0; i < SEGMENTS; i++) {
          sum ^= view.getInt32(i * 16, true);
          sum ^= view.getInt32(i * 16 + 4, true);
          sum ^= view.getInt32(i * 16 + 8, true);
        }
        return sum;
      };
    case "phys_packed":
      return () => {
        let sum = 0;
        for (let i = 0; i < SEGMENTS; i++) {
          sum ^= view.getInt32(i * 12, true);
          sum ^= view.getInt32(i * 12 + 4, true);
          sum ^= view.getInt32(i * 12 + 8, true);
        }
        return sum;
      };
    case "soa_phys_len":
      return () => {
        let sum = 0;
        for (let i = 0; i < SEGMENTS; i++) {
          sum ^= view.getInt32(i * 8, true);
          sum ^= view.getInt32(i * 8 + 4, true);
          sum ^= view.getInt32(SEGMENTS * 8 + i * 4, true);
        }
        return sum;
      };
  }
  throw new RangeError(
    `Cannot find a loop for layout "${layout}", expected one of: ${
      HAND_WRITTEN.join(", ")
    }`,
  );
}
