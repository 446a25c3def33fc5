// struct io_mapped_ubuf (io_uring/rsrc.h): offsets of 7.2 as recorded of
// Debian's 7.2.13, with the fields that io_import_reg_buf() was seen to read.
import { assertEquals } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { mappedUbuf } from "../../../sim/block/mapped_ubuf.ts";
import { kernelProfiles } from "../../../sim/kernel/struct_offsets.ts";

Deno.test("mappedUbuf() places the header of 7.2 as it was recorded", () => {
  assertEquals(mappedUbuf("7.2", findAbi("lp64")), {
    addressAt: 0,
    lengthAt: 8,
    lengthBytes: 8,
    folioShiftAt: 20,
    flagsAt: 28,
    directionsAt: 29,
    headerBytes: 48,
  });
});

Deno.test("mappedUbuf() of 6.x has an end in place of a length", () => {
  // ubuf, ubuf_end, nr_bvecs, folio_shift, acct_pages, folio_mask, refs: 44
  // bytes, and vectors of 8 bytes' alignment begin at 48.
  const { lengthAt, lengthBytes, headerBytes, directionsAt } = mappedUbuf(
    "6.12",
    findAbi("lp64"),
  );
  assertEquals([lengthAt, lengthBytes, headerBytes, directionsAt], [
    ...[8, 8, 44, -1],
  ]);
  assertEquals(mappedUbuf("6.1", findAbi("lp64")).headerBytes, 32);
  // i386: a u64 is aligned to 4, pointers and longs have 4 bytes.
  assertEquals(mappedUbuf("7.2", findAbi("ilp32")).headerBytes, 36);
});

Deno.test("mappedUbuf() knows each kernel on each ABI", () => {
  for (const kernel of kernelProfiles) {
    for (const abi of abis) {
      const { headerBytes, lengthAt } = mappedUbuf(kernel, abi);
      assertEquals(lengthAt, 8, `${kernel} on ${abi.name}`);
      assertEquals(headerBytes <= 48, true, `${kernel} on ${abi.name}`);
    }
  }
});
