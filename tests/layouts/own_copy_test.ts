import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Abi, abis } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { copiedMaker, sameMaker } from "../../layouts/own_copy.ts";
import { layouts } from "../../layouts/registry.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { MemoryView } from "../../layouts/word.ts";

const CAPACITY = 130; // more than two chunks of rlist_8

const READS = [
  "physLo",
  "physHi",
  "pageLo",
  "pageHi",
  "pageOffset",
  "length",
  "flag",
] as const;

/** A view that lists its accesses. */
function listingView(seen: string[]): MemoryView {
  const plain = new DataView(new ArrayBuffer(8192));
  return new Proxy(plain, {
    get: (_view, name: keyof DataView & string) => {
      const access = plain[name] as
        | undefined
        | ((...args: unknown[]) => unknown);
      return access && ((...args: unknown[]) => {
        seen.push(`${name}(${args.join()})`);
        return access.apply(plain, args);
      });
    },
  });
}

/** Each function of a codec once, its answers, and its accesses in order. */
function seenOf(layout: Layout, abi: Abi, own: typeof copiedMaker) {
  const seen: string[] = [];
  const codec = makeCodec(layout, abi, listingView(seen), { own });
  codec.set(64, CAPACITY, 129, 0x1234_5000, 5, 3584, 1);
  codec.copy(64, CAPACITY, 129, 64, CAPACITY, 7);
  codec.setLength(64, CAPACITY, 7, 512);
  const answers = [129, 7].map((index) =>
    READS.map((read) => codec[read](64, CAPACITY, index))
  );
  return { seen, answers };
}

Deno.test("a codec of copies answers and accesses as it does without", () => {
  let codecs = 0;
  for (const abi of abis) {
    for (const layout of layouts) {
      if (isUnsupported(layoutLimits(layout, abi))) continue;
      codecs++;
      assertEquals(
        seenOf(layout, abi, copiedMaker),
        seenOf(layout, abi, sameMaker),
        `${layout.name} on ${abi.name}`,
      );
    }
  }
  assert(codecs > layouts.length);
});

Deno.test("each copy has a text of its own", () => {
  const make = (value: number) => () => value;
  assertEquals(copiedMaker(make)(7)(), 7);
  assert(copiedMaker(make) !== copiedMaker(make));
  assertEquals(sameMaker(make), make);
});

const outside = 3;

Deno.test("a copy knows the constants that it is given, and no others", () => {
  const make = () => outside;
  assertEquals(copiedMaker(make, { outside })(), 3);
  assertThrows(() => copiedMaker(make)(), ReferenceError);
});
