import { assert, assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { cpuPreset } from "../../../sim/cache/presets.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import { traceViews } from "../../../sim/replay/trace_views.ts";
import { traceWindow } from "../../../sim/replay/trace_window.ts";
import { STAGE_MASK } from "../../../sim/trace/access_batch.ts";
import { KeptTracer } from "../../../sim/trace/kept_tracer.ts";
import { completes, writesBehind } from "../faulty_hooks.ts";
import { createWindow, WINDOW_OP } from "../../../sim/workload/window.ts";

/** Single-page reads, each on a page of its own. */
function reads(count: number) {
  const window = createWindow({ ios: count, pieces: count });
  for (let i = 0; i < count; i++) {
    window.lengthBytes[i] = 4096;
    window.sectorLo[i] = i * 8;
    window.firstPiece[i + 1] = i + 1;
    window.physLo[i] = i * 8192;
    window.physHi[i] = 1;
    window.pieceBytes[i] = 4096;
  }
  window.counts.set([count, count]);
  return window;
}

const OPTIONS = {
  layout: findLayout("page_offset"),
  abi: findAbi("lp64"),
  kernel: "7.2",
  recognition: "page" as const,
  limits: QUEUE_LIMIT_PRESETS.nvme_prp,
  map: {
    dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 1 << 20 }],
    providers: [],
  },
  depth: 8,
  cpu: cpuPreset("zen4"),
};

Deno.test("traceWindow() counts what I/Os in flight share once", () => {
  const { single, atDepth, modelled } = traceWindow(reads(16), OPTIONS);
  assertEquals([single.ios, single.groupIos], [16, 1]);
  assertEquals([atDepth.ios, atDepth.groupIos], [128, 8]);
  // A vector and a page each, at depth as alone.
  assertEquals(single.structures.bio_vec?.lines, 16);
  assertEquals(atDepth.structures.bio_vec?.lines, 128);
  assertEquals(atDepth.structures.page?.lines, 128);
  // The limits are three lines for all 8: they begin 24 bytes into a line, and
  // fields from 0 to 59 and from 156 to 186 of them are read.
  assertEquals(single.structures.queue_limits?.lines, 16 * 3);
  assertEquals(atDepth.structures.queue_limits?.lines, 128 * 3 / 8);
  assert(atDepth.total.lines / 128 < single.total.lines / 16);
  assertEquals(modelled?.cold.ios, 8);
  assertEquals([modelled?.warmUpIos, modelled?.steady.ios], [1024, 128]);
});

Deno.test("traceWindow() models no miss where everything fits into the L1", () => {
  const huge = { ...cpuPreset("zen4").levels[1], sizeBytes: 1 << 25 };
  const cpu = { ...OPTIONS.cpu, levels: [{ ...huge, name: "L1" }] };
  const { modelled } = traceWindow(
    reads(16),
    { ...OPTIONS, cpu: cpu as typeof OPTIONS.cpu },
  );
  assert((modelled?.cold.levels[0]?.missesPerIo ?? 0) > 10);
  // The rings of 1024 entries were gone round in the warm-up, too.
  assertEquals(modelled?.steady.levels[0]?.missesPerIo, 0);
  assertEquals(modelled?.steady.stallCyclesPerIo.cycles, 0);
});

Deno.test("traceWindow() gives the same figures again", () => {
  const window = reads(16);
  assertEquals(traceWindow(window, OPTIONS), traceWindow(window, OPTIONS));
});

Deno.test("traceWindow() refuses a window without reads and writes", () => {
  const window = reads(2);
  window.op.fill(WINDOW_OP.flush);
  assertThrows(
    () => traceWindow(window, OPTIONS),
    RangeError,
    "Cannot trace a window without reads and writes",
  );
});

Deno.test("traceWindow() goes on behind the warm-up where the window is long enough", () => {
  const huge = { ...cpuPreset("zen4").levels[1], sizeBytes: 1 << 25 };
  const cpu = { ...OPTIONS.cpu, levels: [{ ...huge, name: "L1" }] };
  const missesOf = (ios: number) => {
    const { modelled } = traceWindow(reads(ios), {
      ...OPTIONS,
      map: {
        dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 1 << 24 }],
        providers: [],
      },
      cpu: cpu as typeof OPTIONS.cpu,
    });
    return modelled?.steady.levels[0]?.missesPerIo;
  };
  // 1024 I/Os warm everything but the struct pages of the 128 that follow.
  assertEquals(missesOf(1152), 1);
  assertEquals(missesOf(128), 0);
});

Deno.test("traceViews() gives each view what it gives by itself", () => {
  const { cpu, ...path } = OPTIONS;
  const views = [
    { lineBytes: 64, cpu },
    { lineBytes: 256, cpu: cpuPreset("z16") },
    { lineBytes: 32 },
  ];
  assertEquals(
    traceViews(reads(16), path, views),
    views.flatMap((view) => traceViews(reads(16), path, [view])),
  );
});

Deno.test("traceViews() finds a write behind the memory that it was given", () => {
  const { cpu: _, ...path } = OPTIONS;
  const kept = new KeptTracer();
  const hooks = { device: completes(3, writesBehind) };
  assertThrows(
    () => traceViews(reads(16), { ...path, hooks }, [{ lineBytes: 64 }], kept),
    RangeError,
    "Cannot trust a path: found a write to kernel memory at offset",
  );
  // Other paths are not to blame.
  const [again, fresh] = [kept, undefined].map((tracer) =>
    traceViews(reads(16), path, [{ lineBytes: 64 }], tracer)
  );
  assertEquals(again, fresh);
});

Deno.test("tracePath() records nothing of a stage that is left out", () => {
  const { cpu: _, ...path } = OPTIONS;
  const device = STAGES.indexOf("device");
  /** Accesses of eight I/Os on a path of its own, by stage. */
  const trace = (leftOut?: number) => {
    const seen = new Map<number, number>();
    const { assembly, record, flush } = tracePath(path, ({ length, stage }) => {
      for (const word of stage.subarray(0, length)) {
        const one = word & STAGE_MASK;
        seen.set(one, (seen.get(one) ?? 0) + 1);
      }
    });
    const window = reads(8);
    record(true, leftOut);
    for (let io = 0; io < 8; io++) assembly.path.submit(window, io);
    assembly.path.drain();
    flush();
    return seen;
  };
  const whole = trace();
  assertEquals(whole.delete(device), true);
  assertEquals(trace(device), whole);
});
