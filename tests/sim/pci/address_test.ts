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

Deno.test("parsePciAddress() refuses what is no address", () => {
  for (const text of ["", "3b:20.0", "3b:00.8", "0:3b:00.0", "3b.00.0"]) {
    assertThrows(() => parsePciAddress(text), SyntaxError, `"${text}"`);
  }
});
