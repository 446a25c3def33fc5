import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { patchedCell } from "../../../bench/patched/patched_cell.ts";

/** What of a cell a workload's name says. */
function said(workload: string) {
  const cell = patchedCell(workload);
  assert(!("reason" in cell), workload);
  const { api, registered, isWrite, bytes, kind } = cell;
  return { api, registered, isWrite, bytes, kind };
}

Deno.test("patchedCell() reads size, API and memory from a name", () => {
  const pread = { api: "pread", registered: false, isWrite: false } as const;
  assertEquals(said("b_4k_pread"), {
    ...{ ...pread, bytes: 4096, kind: "scattered" },
  });
  assertEquals(said("e_64k_pwrite_scattered"), {
    ...{ ...pread, isWrite: true, bytes: 65536, kind: "scattered" },
  });
  assertEquals(said("d_1m_pread_huge"), {
    ...{ ...pread, bytes: 1 << 20, kind: "huge" },
  });
  assertEquals(said("f2_64k_pread_p2p").kind, "p2p");
  assertEquals(said("c3_128k_uring_fixed_scattered"), {
    api: "io_uring",
    registered: true,
    isWrite: false,
    bytes: 131072,
    kind: "scattered",
  });
});

Deno.test("patchedCell() says what it does not cover", () => {
  for (
    const [workload, reason] of [
      ["f_64k_pread_p2pmix", "ends a direct I/O where the kind of memory"],
      ["idle", "its name does not say size, API and memory"],
      ["a_4k_pread_swap", 'memory "swap" is not known, only scattered'],
      ["a_4k_pread_constructor", 'memory "constructor" is not known'],
      ["a_4k_pread_fixed", "only io_uring registers buffers"],
      ["d2_1m_uring_huge", "has to be split fails with EAGAIN"],
    ] as const
  ) {
    const cell = patchedCell(workload);
    assert("reason" in cell, workload);
    assertStringIncludes(cell.reason, reason);
  }
});
