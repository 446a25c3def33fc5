import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { Contender, ContenderError } from "../../bench/contender.ts";
import type { ContenderSetup } from "../../bench/contender_protocol.ts";
import { PLAIN_MACHINE } from "../../bench/contender_machine.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../sim/machine.ts";
import { createWindow } from "../../sim/workload/window.ts";

const SETUP: ContenderSetup = {
  layout: "phys_packed",
  abi: "lp64",
  kernel: "7.2",
  recognition: "page",
  limits: QUEUE_LIMIT_PRESETS.nvme_prp,
  map: defaultMemoryMap(true),
  depth: 4,
  batch: 1,
  submitter: "user",
  machine: PLAIN_MACHINE,
  salt: 1,
};

function moduleOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** Ten 4 KiB reads of neighbouring pages. */
function tenReads() {
  const window = createWindow({ ios: 10, pieces: 10 });
  for (let i = 0; i < 10; i++) {
    window.sectorLo[i] = i * 8;
    window.lengthBytes[i] = 4096;
    window.firstPiece[i] = i;
    window.physLo[i] = i * 4096;
    window.physHi[i] = 1;
    window.pieceBytes[i] = 4096;
  }
  window.firstPiece[10] = 10;
  window.counts.set([10, 10]);
  return { buffer: window.buffer, capacity: window.capacity };
}

Deno.test("Contender audits, traces and times a window", async () => {
  const contender = await Contender.start(SETUP);
  try {
    assertEquals(contender.bytesPerSegment, 12);
    const window = tenReads();
    const audit = await contender.ask({
      kind: "audit",
      window,
      firstIo: 0,
      restart: true,
      verifyIos: 10,
    });
    assertEquals(audit.counts.ios, 10);
    assertEquals(audit.prpEntries, 10);
    assertEquals(audit.verifiedBytes, 10 * 4096);
    const trace = await contender.ask({ kind: "trace", window });
    assertEquals(trace.single.ios, 10);
    assertEquals(trace.single.structures["bio_vec"]?.bytes, 10 * 12);
    assertEquals(trace.modelled, undefined);
    const time = await contender.ask({ kind: "time", window, passes: 3 });
    assertEquals(time.ios, 30);
    assertGreater(time.elapsedNs, 0);
  } finally {
    contender.stop();
  }
});

Deno.test("Contender.start() passes on why a layout cannot serve", async () => {
  await assertRejects(
    () =>
      Contender.start({
        ...SETUP,
        layout: "page_offset",
        recognition: "segment",
      }),
    ContenderError,
    "no flag in the segment",
  );
});

Deno.test("Contender says which layout's worker ended with an error", async () => {
  await assertRejects(
    () =>
      Contender.start(SETUP, {
        module: moduleOf(`onmessage = () => { throw new Error("boom"); };`),
      }),
    ContenderError,
    'Cannot setup layout "phys_packed" (recognition page): its worker ended: ',
  );
});

Deno.test("Contender gives up on a worker that hangs", async () => {
  await assertRejects(
    () =>
      Contender.start(SETUP, {
        module: moduleOf(`onmessage = () => {};`),
        timeoutMs: 50,
      }),
    ContenderError,
    "its worker gave no answer for 0.05 s",
  );
});
