import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { apiRefusal } from "../../../sim/setup/submit_api.ts";

Deno.test("apiRefusal() lets each API do what it can", () => {
  assertEquals(apiRefusal({ depth: 32, batch: 8 }), undefined);
  assertEquals(apiRefusal({ api: "aio", depth: 32 }), undefined);
  assertEquals(apiRefusal({ api: "pread", depth: 1 }), undefined);
  assertEquals(
    apiRefusal({ api: "io_uring", submitter: "registered", depth: 2 }),
    undefined,
  );
});

Deno.test("apiRefusal() says what an API cannot do", () => {
  assertEquals(
    apiRefusal({ api: "pread", depth: 32 }),
    "API pread with 32 I/Os in flight, 1 submitted together, expected 1: the " +
      "system call waits for its I/O",
  );
  assertEquals(
    apiRefusal({ api: "aio", submitter: "registered", depth: 1 }),
    "API aio with registered buffers, expected io_uring, which alone has them",
  );
  assertEquals(
    apiRefusal({ api: "pread", depth: 1, sharing: "submits" }),
    "API pread with completions of another worker, expected one that " +
      "completes its own",
  );
});

Deno.test("assemblePath() refuses a pread with several I/Os in flight", () => {
  assertThrows(
    () =>
      assemblePath({
        layout: findLayout("page_offset"),
        abi: findAbi("lp64"),
        kernel: "7.2",
        recognition: "page",
        limits: nvmeLimits(5),
        map: {
          dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 1 << 20 }],
          providers: [],
        },
        api: "pread",
        depth: 2,
        decode: false,
      }),
    RangeError,
    "Cannot use API pread with 2 I/Os in flight",
  );
});
