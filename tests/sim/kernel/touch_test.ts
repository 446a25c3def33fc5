import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import {
  kernelProfiles,
  structOffsets,
} from "../../../sim/kernel/struct_offsets.ts";
import {
  TOUCH_SITES,
  type TouchSiteName,
} from "../../../sim/kernel/touched_fields.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { createTouch, touchedFields } from "../../../sim/kernel/touch.ts";
import { AccessRecorder } from "../../../sim/trace/access_batch.ts";
import { TracingView } from "../../../sim/trace/tracer.ts";

const SITES = Object.keys(TOUCH_SITES) as TouchSiteName[];

Deno.test("every field of a site is one of a recorded kernel, on every ABI", () => {
  for (const site of SITES) {
    const { struct, functions } = TOUCH_SITES[site];
    const names = functions.flatMap((one) => [
      ...("reads" in one ? one.reads : []),
      ...("updates" in one ? one.updates : []),
      ...("writes" in one ? one.writes : []),
    ]);
    for (const abi of abis) {
      for (const kernel of kernelProfiles) {
        const fields = structOffsets(kernel, abi, struct);
        const touched = touchedFields(fields, site, abi);
        assert(touched.length <= names.length, site);
        for (const { offsetBytes, sizeBytes } of touched) {
          assert(offsetBytes + sizeBytes <= fields.sizeBytes, site);
        }
      }
    }
    // A kernel that was recorded has each of them, or a name is misspelt.
    const lp64 = findAbi("lp64");
    const kernels = site.endsWith("6x") ? ["6.1", "6.12"] : ["7.2"];
    const known = kernels.flatMap((kernel) =>
      Object.keys(structOffsets(kernel, lp64, struct).fields)
    );
    for (const name of names) {
      assert(known.includes(name.replace(/\[\d+\]$/, "")), `${site} ${name}`);
    }
  }
});

Deno.test("createTouch() loads and stores in order and keeps what is updated", () => {
  for (const abi of abis) {
    const seen: string[] = [];
    const recorder = AccessRecorder.telling((at, size, isWrite) =>
      seen.push(`${isWrite ? "w" : "r"}${size} ${at}`)
    );
    const memory = new KernelMemory({
      abi,
      sizeBytes: 1 << 16,
      wrap: (plain) => new TracingView(plain, recorder),
    });
    const at = memory.reserve("nvme_iod", 256);
    // iodComplete: ctrl is read, genctr updated, result and status written,
    // status read once more.
    const struct = {
      sizeBytes: 64,
      fields: {
        "req.ctrl": { offsetBytes: 32, sizeBytes: 4 },
        "req.genctr": { offsetBytes: 16, sizeBytes: 1 },
        "req.result": { offsetBytes: 8, sizeBytes: 8 },
        "req.status": { offsetBytes: 20, sizeBytes: 2 },
      },
    };
    const touch = createTouch(memory, struct, "iodComplete", 64);
    memory.set8(at + 64 + 16, 7);
    memory.set64(at + 64 + 8, 1, 2);
    recorder.enabled = true;
    touch(at);
    const from = (offset: number) => at + 64 + offset;
    assertEquals(seen, [
      `r4 ${from(32)}`,
      `r1 ${from(16)}`,
      `w1 ${from(16)}`,
      `w8 ${from(8)}`,
      `w2 ${from(20)}`,
      `r2 ${from(20)}`,
    ], abi.name);
    assertEquals(memory.get8(from(16)), 7, abi.name);
    assertEquals(memory.get64Lo(from(8)) | memory.get64Hi(from(8)), 0);
  }
});

Deno.test("touchedFields() finds elements of arrays and refuses odd sizes", () => {
  const struct = {
    sizeBytes: 104,
    fields: { hctxs: { offsetBytes: 80, sizeBytes: 24 } },
  };
  const of = (pointerBytes: 4 | 8) =>
    touchedFields(struct, "contextMapRead", { pointerBytes });
  const kind = "read" as const;
  assertEquals(of(8), [{ offsetBytes: 88, sizeBytes: 8, kind }]);
  assertEquals(of(4), [{ offsetBytes: 84, sizeBytes: 4, kind }]);
  // spinlock_t with CONFIG_DEBUG_SPINLOCK and lockdep: raw_lock is its first.
  const debugged = {
    sizeBytes: 128,
    fields: { ["sq_lock"]: { offsetBytes: 64, sizeBytes: 64 } },
  };
  assertEquals(touchedFields(debugged, "queueRing", findAbi("lp64")), [
    { offsetBytes: 64, sizeBytes: 4, kind: "write" },
  ]);
  const odd = {
    sizeBytes: 8,
    fields: { cpu: { offsetBytes: 0, sizeBytes: 6 } },
  };
  assertThrows(
    () => touchedFields(odd, "contextComplete", findAbi("lp64")),
    RangeError,
    'Cannot touch field "cpu": it has 6 bytes, expected one of 1, 2, 4, 8',
  );
});
