/**
 * The codecs of layouts over an arena that the paths of an isolate have one after
 * the other: each is made once, of functions of its own, so that V8 compiles them
 * once and well, however many paths and layouts there are (bench/HOT_PATH.md).
 */
import type { Abi } from "../../layouts/abi.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { Layout } from "../../layouts/layout.ts";
import { copiedMaker } from "../../layouts/own_copy.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { MemoryView } from "../../layouts/word.ts";

const kept = new WeakMap<MemoryView, WeakMap<Layout, SegmentCodec>>();

/**
 * Returns the codec of a layout over a kept arena.
 *
 * @param abi The ABI of all that has the arena.
 * @param view How the arena is read and written.
 * @throws {RangeError} If the layout does not exist on the ABI.
 */
export function keptCodec(
  layout: Layout,
  abi: Abi,
  view: MemoryView,
): SegmentCodec {
  const codecs = kept.get(view) ?? new WeakMap<Layout, SegmentCodec>();
  kept.set(view, codecs);
  const codec = codecs.get(layout) ??
    makeCodec(layout, abi, view, { own: copiedMaker });
  codecs.set(layout, codec);
  return codec;
}
