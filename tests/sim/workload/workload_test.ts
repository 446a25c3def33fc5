import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import {
  defaultMemoryMap,
  type MemoryMap,
} from "../../../sim/memory/memory_map.ts";
import { WORKLOAD_PRESETS } from "../../../sim/workload/synthetic.ts";
import { gzipSync } from "node:zlib";
import type { IoSource } from "../../../sim/workload/io_source.ts";
import { TRACE_FORMATS } from "../../../sim/workload/trace_formats.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { openWorkload, type Workload } from "../../../sim/workload/workload.ts";
import { workloadPoolBytes } from "../../../sim/workload/workload_facts.ts";

const MAP = defaultMemoryMap(true);
/** A machine for the largest pool. */
const LARGE: MemoryMap = {
  ...MAP,
  dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 2 ** 31 }],
};
const OPTIONS = { seed: 1, memoryMap: MAP };

/** Longer than the head that formats are told by, so it is still open then. */
const LONG_LOG = "fio version 3 iolog\n" + "1 d read 0 512\n".repeat(1000);

async function sums(workload: Workload, ios = 512): Promise<number[]> {
  let [count, pieces, bytes] = [0, 0, 0];
  for await (const window of workload.windows({ ios, pieces: 8192 })) {
    assert((window.counts[0] ?? 0) > 0);
    count += window.counts[0] ?? 0;
    pieces += window.counts[1] ?? 0;
    for (let i = 0; i < (window.counts[0] ?? 0); i++) {
      bytes += window.lengthBytes[i] ?? 0;
    }
  }
  return [count, pieces, bytes];
}

Deno.test("openWorkload() runs every preset", async () => {
  for (const [name, preset] of WORKLOAD_PRESETS) {
    const workload = await openWorkload(name, {
      seed: 1,
      memoryMap: workloadPoolBytes(name) > 2 ** 28 ? LARGE : MAP,
      ios: 100,
    });
    assert(workload.description.startsWith(preset.title));
    const [count, , bytes] = await sums(workload, 64);
    assertEquals(count, 100);
    assertEquals(workload.tally.bytes, bytes);
    assertEquals(workload.warnings, []);
  }
});

Deno.test("openWorkload() gives the standard workloads their segments", async () => {
  const perIo = async (name: string) => {
    const workload = await openWorkload(name, { ...OPTIONS, ios: 50 });
    const [count = 0, pieces = 0] = await sums(workload);
    return pieces / count;
  };
  assertEquals(await perIo("4k-hot"), 1);
  assertEquals(await perIo("128k-scattered"), 32);
  assertEquals(await perIo("1m-p2p"), 256);
  assertEquals(await perIo("64k-mixed"), 16);
  assertEquals(await perIo("1m-segment"), 1);
  assertEquals(
    [...WORKLOAD_PRESETS].filter(([, preset]) => preset.isStandard).length,
    6,
  );
});

Deno.test("openWorkload() reads a trace with the placement asked for", async () => {
  const path = join(
    import.meta.dirname ?? "",
    "../../../bench/data/seq128k.iolog",
  );
  const workload = await openWorkload(path, { ...OPTIONS, placement: "huge" });
  assertEquals(
    workload.description,
    "fio iolog; buffers: pool 64 MiB, 2 MiB folios, scattered, page-aligned, " +
      "no P2P",
  );
  assertEquals(await sums(workload), [512, 512, 64 << 20]);
  assertEquals(workload.tally.reads, 512);
});

Deno.test("openWorkload() reads a job file", async () => {
  const path = join(
    import.meta.dirname ?? "",
    "../../../bench/data/randrw4k.fio",
  );
  const workload = await openWorkload(path, OPTIONS);
  assertEquals(await sums(workload), [2000, 2000, 2000 * 4096]);
  assertEquals(
    workload.warnings.map((warning) => warning.code),
    ["unused-fio-options"],
  );
});

/** I/Os of a workload that is opened in a folder: all isolates share one. */
async function iosIn(folder: string, name: string): Promise<number> {
  const at = (path: string) => new URL(`../../../sim/${path}`, import.meta.url);
  const script = `
    import { openWorkload } from "${at("workload/workload.ts")}";
    import { defaultMemoryMap } from "${at("memory/memory_map.ts")}";
    const options = { seed: 1, ios: 7, memoryMap: defaultMemoryMap(true) };
    const workload = await openWorkload("${name}", options);
    let ios = 0;
    for await (const { counts } of workload.windows({ ios: 8, pieces: 64 })) {
      ios += counts[0];
    }
    console.log(ios);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--config",
      new URL("../../../deno.json", import.meta.url).pathname,
      script,
    ],
    cwd: folder,
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  assertEquals(error, "");
  return Number(out);
}

Deno.test("openWorkload() takes a file before a preset of its name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(folder, "4k-hot"),
      "fio version 3 iolog\n1 d read 0 512\n",
    );
    await Deno.mkdir(join(folder, "randread-4k"));
    assertEquals(await iosIn(folder, "4k-hot"), 1);
    // A directory is no workload, so the preset of its name is meant.
    assertEquals(await iosIn(folder, "randread-4k"), 7);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openWorkload() names what is neither file nor preset", async () => {
  await assertRejects(
    () => openWorkload("randraed-4k", OPTIONS),
    RangeError,
    'Cannot open workload "randraed-4k": found no such file and no such ' +
      'preset (nearest: "randread-4k"), expected a file or one of: 4k-hot, ',
  );
  await assertRejects(
    () => openWorkload(".", OPTIONS),
    Deno.errors.IsADirectory,
    'Cannot read ".": found a directory',
  );
});

Deno.test("openWorkload() closes the file if the placement does not fit", {
  sanitizeResources: true,
}, async () => {
  // The test runner fails a test that leaves a file open.
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, LONG_LOG);
    await assertRejects(
      () => openWorkload(path, { ...OPTIONS, placement: "hugh" }),
      RangeError,
      'nearest: "huge"',
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("openWorkload() warns of a workload without I/O", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "fio version 3 iolog\n0 d add\n");
    const workload = await openWorkload(path, OPTIONS);
    assertEquals(await sums(workload), [0, 0, 0]);
    assertEquals(workload.warnings.map(({ code }) => code), ["no-ios"]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("workloadPoolBytes() tells the memory that buffers need", () => {
  assertEquals(workloadPoolBytes("4k-1g-pool"), 2 ** 30);
  assertEquals(workloadPoolBytes("4k-1g-pool", "huge"), 64 << 20);
  assertEquals(workloadPoolBytes("some.iolog"), 64 << 20);
});

Deno.test("openIoSource() reads each format from a stream as from a file", async () => {
  const rowsOf = async (source: IoSource) => {
    const rows: number[] = [];
    for await (const { count, ...columns } of source.batches) {
      const { op, offsetBytes, lengthBytes, timeNs } = columns;
      for (let row = 0; row < count; row++) {
        rows.push(
          ...[op, offsetBytes, lengthBytes, timeNs].map((c) => c[row] ?? NaN),
        );
      }
    }
    return { rows, tally: source.rows.tally };
  };
  const path = await Deno.makeTempFile();
  try {
    for (const { name, samples } of TRACE_FORMATS) {
      for (const sample of samples) {
        const bytes = typeof sample === "string"
          ? new TextEncoder().encode(sample)
          : sample;
        await Deno.writeFile(path, bytes);
        const file = await rowsOf(await openIoSource(path, { seed: 1 }));
        for (const input of [bytes, new Uint8Array(gzipSync(bytes))]) {
          const stream = () => new Blob([input.slice()]).stream();
          const source = await openIoSource("-", {
            seed: 1,
            inputs: new Map([["-", stream]]),
          });
          assertEquals(source.title, `${name} from standard input`);
          assertEquals(await rowsOf(source), file, name);
        }
      }
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("openIoSource() says where standard input would come from", async () => {
  await assertRejects(
    () => openIoSource("-", { seed: 1 }),
    RangeError,
    'Cannot open workload "-": found no standard input, expected it among',
  );
});
