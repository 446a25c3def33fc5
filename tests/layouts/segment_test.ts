import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { layoutFromC } from "../../layouts/c_text/layout_from_c.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { findLayout } from "../../layouts/registry.ts";
import {
  decodeSegment,
  encodeSegment,
  type Segment,
} from "../../layouts/segment.ts";

function codecOf(layout: string, abi: string) {
  const view = new DataView(new ArrayBuffer(4096));
  return createCodec(findLayout(layout), findAbi(abi), view);
}

const place = { base: 0, capacity: 4, index: 1 };

function tryOut(
  layout: string,
  abi: string,
  segment: Partial<Segment>,
): bigint {
  const codec = codecOf(layout, abi);
  encodeSegment(codec, place, { address: 0n, lengthBytes: 0, ...segment });
  return decodeSegment(codec, place).lengthBytes;
}

Deno.test("T06 encodeSegment() takes the longest length of each layout and no more", () => {
  const longest: [string, string, bigint][] = [
    ["len31_p2p", "lp64", 2n ** 31n - 1n], // E
    ["phys_len", "lp64", 2n ** 32n - 1n], // B
    ["page_offset", "lp64", 2n ** 32n - 1n],
    ["len56_p2p", "lp64", 2n ** 56n - 1n], // D
    ["len56_p2p_u64", "ilp32_pae", 2n ** 56n - 1n],
    ["len24_p2p", "ilp32", 2n ** 24n - 1n], // D32
    ["phyr", "lp64", 2n ** 64n - 1n], // A; T06: accepts 2^63-1
    ["phyr", "ilp32_lpae", 2n ** 32n - 1n],
    ["rlist_8", "lp64", 2n ** 28n - 1n], // K
    ["rlist_16", "lp64", 2n ** 36n - 1n],
    ["rlist_24", "lp64", 2n ** 60n - 1n],
  ];
  for (const [layout, abi, lengthBytes] of longest) {
    assertEquals(tryOut(layout, abi, { lengthBytes }), lengthBytes, layout);
    assertThrows(
      () => tryOut(layout, abi, { lengthBytes: lengthBytes + 1n }),
      RangeError,
      `${lengthBytes + 1n} bytes, expected 0 to ${lengthBytes} bytes`,
    );
  }
  assertEquals(
    tryOut("phyr", "lp64", { lengthBytes: 2n ** 63n - 1n }),
    2n ** 63n - 1n,
  );
  // MAX_RW_COUNT, the cap of one read or write call, fits E (blockspec 1.8).
  assertEquals(
    tryOut("len31_p2p", "lp64", { lengthBytes: 2147479552 }),
    2147479552n,
  );
});

Deno.test("encodeSegment() refuses lengths that are no whole number", () => {
  for (const lengthBytes of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(
      () => tryOut("phyr", "lp64", { lengthBytes }),
      RangeError,
      `field "len" of layout "phyr" on lp64: ${lengthBytes} bytes`,
    );
  }
});

Deno.test("encodeSegment() refuses an address beyond the layout or the machine", () => {
  const last: [string, string, bigint][] = [
    ["phys_len", "lp64", 2n ** 52n - 1n],
    ["page_offset", "lp64", 2n ** 52n - 1n],
    ["phys_len", "ilp32", 2n ** 32n - 1n],
    ["phys_len", "ilp32_pae", 2n ** 36n - 1n],
    ["phys_len", "ilp32_lpae", 2n ** 40n - 1n],
    ["page_offset", "ilp32_pae", 2n ** 36n - 1n],
    // mem_map at 0xc1000000 has room for (2^32 - 0xc1000000) / 36 pages.
    ["page_offset", "ilp32_lpae", 29_360_128n * 4096n - 1n],
    ["pfn_t", "ilp32_lpae", 2n ** 40n - 1n],
    ["dma_vec", "lp64", 2n ** 64n - 1n],
  ];
  for (const [layout, abi, address] of last) {
    tryOut(layout, abi, { address });
    assertThrows(
      () => tryOut(layout, abi, { address: address + 1n }),
      RangeError,
      `expected 0x0 to 0x${address.toString(16)}`,
    );
    assertThrows(
      () => tryOut(layout, abi, { address: -1n }),
      RangeError,
      "address -0x1",
    );
  }
});

Deno.test("encodeSegment() refuses what rlist_8 has no bits for", () => {
  // 2^32 page frames of 4096 bytes: the 17 TB of lib/rlist.c.
  const last = (2n ** 32n - 1n) * 4096n;
  tryOut("rlist_8", "lp64", { address: last });
  assertThrows(
    () => tryOut("rlist_8", "lp64", { address: last + 4096n }),
    RangeError,
    'field "base" of layout "rlist_8" on lp64: address 0x100000000000',
  );
  assertThrows(
    () => tryOut("rlist_8", "lp64", { address: 512n }),
    RangeError,
    "address 0x200, expected a multiple of 4096",
  );
});

Deno.test("encodeSegment() refuses a P2P flag that the layout cannot keep", () => {
  assertThrows(
    () => tryOut("phys_packed", "lp64", { p2p: true }),
    RangeError,
    'Cannot encode the P2P flag of layout "phys_packed" on lp64: true',
  );
});

Deno.test("encodeSegment() refuses a misaligned or outlying place", () => {
  const codec = codecOf("page_offset", "lp64");
  const segment = { address: 0n, lengthBytes: 512 };
  const refused: [typeof place, string][] = [
    [{ base: 4, capacity: 4, index: 0 }, "base 4, expected a multiple of 8"],
    [{ base: -8, capacity: 4, index: 0 }, "base -8, expected 0 to 4032"],
    [{ base: 4040, capacity: 4, index: 0 }, "base 4040, expected 0 to 4032"],
    [{ base: 0, capacity: 4, index: 4 }, "index 4, expected 0 to 3"],
    [{ base: 0, capacity: 4, index: -1 }, "index -1, expected 0 to 3"],
    [{ base: 0, capacity: 0, index: 0 }, "capacity 0"],
  ];
  for (const [at, message] of refused) {
    assertThrows(() => encodeSegment(codec, at, segment), RangeError, message);
    assertThrows(() => decodeSegment(codec, at), RangeError, message);
  }
  // A packed layout claims no alignment, so none is asked of it.
  encodeSegment(codecOf("phys_packed", "lp64"), { ...place, base: 3 }, segment);
});

Deno.test("decodeSegment() refuses a page pointer between two struct pages", () => {
  const codec = codecOf("page_offset", "lp64");
  encodeSegment(codec, place, { address: 0n, lengthBytes: 1 });
  codec.view.setUint8(16, 1);
  assertThrows(
    () => decodeSegment(codec, place),
    RangeError,
    'Cannot decode field "bv_page" of layout "page_offset" on lp64: ' +
      "0xffd4000000000001",
  );
});

Deno.test("a signed length has a bit less, and none of its segments is refused", async () => {
  const lp64 = findAbi("lp64");
  for (
    const [type, longest] of [
      ["int", 2n ** 31n - 1n],
      ["unsigned int", 2n ** 32n - 1n],
      ["long", 2n ** 63n - 1n],
      ["short", 2n ** 15n - 1n],
    ] as const
  ) {
    const layout = await layoutFromC(
      `struct mine { phys_addr_t addr; ${type} len; };`,
    );
    const limits = layoutLimits(layout, lp64);
    assertEquals(
      "longestLengthBytes" in limits && limits.longestLengthBytes,
      longest,
      type,
    );
    const view = new DataView(new ArrayBuffer(64));
    const codec = createCodec(layout, lp64, view);
    const place = { base: 0, capacity: 1, index: 0 };
    const segment = { address: 0n, lengthBytes: longest };
    encodeSegment(codec, place, segment);
    assertEquals(decodeSegment(codec, place).lengthBytes, longest, type);
    assertThrows(
      () =>
        encodeSegment(codec, place, { address: 0n, lengthBytes: longest + 1n }),
      RangeError,
      'field "len"',
      type,
    );
  }
});
