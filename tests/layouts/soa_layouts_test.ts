import { assertEquals } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { soa } from "../../layouts/soa.ts";
import { soaPhysLen } from "../../layouts/soa_layouts.ts";
import { len31P2p } from "../../layouts/len31_p2p.ts";
import { physFlags } from "../../layouts/phys_flags.ts";

function hex(view: DataView, length: number): string {
  return [...new Uint8Array(view.buffer, 0, length)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("")
    .replaceAll(/.{8}(?=.)/g, "$& ");
}

Deno.test("soa() puts all addresses before all lengths", () => {
  const view = new DataView(new ArrayBuffer(64));
  const codec = createCodec(soaPhysLen, findAbi("lp64"), view);
  codec.set(0, 3, 0, 0x1000, 0, 0x10, 0);
  codec.set(0, 3, 2, 0x3000, 0, 0x30, 0);
  // three 8-byte addresses, then three 4-byte lengths at 24
  assertEquals(
    hex(view, 36),
    "00100000 00000000 00000000 00000000 00300000 00000000 " +
      "10000000 00000000 30000000",
  );
});

Deno.test("soa() keeps bit-fields of one word together", () => {
  const view = new DataView(new ArrayBuffer(64));
  const codec = createCodec(soa(len31P2p), findAbi("lp64"), view);
  codec.set(0, 2, 1, 0x1000, 0, 0x10, 1);
  // two addresses, then two words of len:31, p2p:1 at 16
  assertEquals(
    hex(view, 24),
    "00000000 00000000 00100000 00000000 00000000 10000080",
  );
});

Deno.test("soa() makes a column of every field", () => {
  const view = new DataView(new ArrayBuffer(64));
  const codec = createCodec(soa(physFlags), findAbi("ilp32"), view);
  assertEquals(codec.arrayBytes(2), 24);
  codec.set(0, 2, 0, 0x1000, 0, 0x10, 1);
  assertEquals(
    hex(view, 24),
    "00100000 00000000 10000000 00000000 01000000 00000000",
  );
});
