import { assertEquals, assertThrows } from "@std/assert";
import {
  formatPciAddress,
  mapTypeKey,
  parsePciAddress,
} from "../../../sim/pci/address.ts";

Deno.test("mapTypeKey() packs domain, bus and devfn (T49)", () => {
  // domain << 16 | bus << 8 | device << 3 | function
  assertEquals(mapTypeKey(parsePciAddress("0000:3b:00.0")), 0x3b00);
  assertEquals(mapTypeKey(parsePciAddress("0001:3b:02.1")), 0x13b11);
  assertEquals(mapTypeKey(parsePciAddress("ffff:ff:1f.7")), 0xffffffff);
});

Deno.test("parsePciAddress() takes domain 0 as given when left out", () => {
  assertEquals(formatPciAddress(parsePciAddress("3b:1f.7")), "0000:3b:1f.7");
});

Deno.test("parsePciAddress() takes the domains of VMD, from 0x10000 on", () => {
  for (
    const [text, domain] of [
      ["10000:e1:00.0", 0x10000],
      ["10001:e0:06.0", 0x10001],
      ["7fffffff:ff:1f.7", 0x7fffffff],
    ] as const
  ) {
    const address = parsePciAddress(text);
    assertEquals(address.domain, domain);
    assertEquals(formatPciAddress(address), text);
  }
  assertEquals(parsePciAddress("00010000:e1:00.0").domain, 0x10000);
  // map_types_idx() shifts in an int: only 16 bits of the domain are left.
  assertEquals(mapTypeKey(parsePciAddress("10000:e1:00.0")), 0xe100);
  assertEquals(mapTypeKey(parsePciAddress("10001:e1:00.0")), 0x1e100);
});

Deno.test("parsePciAddress() refuses what is no address", () => {
  for (
    const text of [
      "",
      "3b:20.0",
      "3b:00.8",
      "0:3b:00.0",
      "3b.00.0",
      "123:3b:00.0",
      "80000000:3b:00.0",
    ]
  ) {
    assertThrows(() => parsePciAddress(text), SyntaxError, `"${text}"`);
  }
});
