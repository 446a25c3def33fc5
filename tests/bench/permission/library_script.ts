/**
 * A program of somebody who uses the library in memory: it must run with no
 * permission at all (`permission_test.ts` starts it so).
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  assemblePath,
  compareResults,
  cpuPreset,
  createHierarchy,
  dataIos,
  defaultMemoryMap,
  exporters,
  findAbi,
  findLayout,
  layoutFromC,
  layouts,
  openWorkload,
  parseFioJobs,
  PhysicalMemory,
  QUEUE_LIMIT_PRESETS,
  readResult,
  readTrace,
  runRounds,
  summarise,
  verifyReplay,
} from "../../entries.ts";

const map = defaultMemoryMap(true);
const data = new PhysicalMemory(map);
const workload = await openWorkload("128k-scattered", {
  seed: 1,
  memoryMap: map,
  ios: 20,
});
for await (const window of workload.windows({ ios: 20, pieces: 640 })) {
  for (const layout of layouts) {
    if (typeof layout.serves(findAbi("lp64"), "memory") === "object") {
      continue;
    }
    const assembly = assemblePath({
      layout: findLayout(layout.name),
      abi: findAbi("lp64"),
      kernel: "7.2",
      recognition: "page",
      limits: QUEUE_LIMIT_PRESETS.nvme_prp,
      map,
      depth: 8,
      decode: true,
      data: () => data,
    });
    const ios = dataIos(window);
    verifyReplay(assembly, window, { ios, data, salt: 0, firstIo: 0 });
  }
}

const caches = createHierarchy({ levels: cpuPreset("zen4").levels });
caches.access(0, 8, 0);
parseFioJobs("x", "[j]\nsize=1m\nrw=read\n");
const trace = await readTrace(
  "x",
  new Blob(["fio version 3 iolog\n0 d read 0 4096\n"]).stream(),
);
for await (const batch of trace.batches) assertEquals(batch.count, 1);

let nowNs = 0;
const { samples } = await runRounds({
  contenders: ["page_offset", "phyr"],
  builds: 2,
  rounds: 9,
  seed: 1,
  budgetNs: 1e9,
  clock: () => nowNs,
  measure: () => Promise.resolve(nowNs += 100),
});
summarise(samples, { baseline: "page_offset", seed: 1 });
const result = readResult(
  JSON.stringify({
    schemaVersion: 1,
    tool: { name: "bvec-lab", version: "0.1.0" },
    environment: {},
    config: {},
    seed: 1,
    warnings: [],
    cells: [],
  }),
  "x",
);
for (const { render } of exporters) render(result);
assertEquals(compareResults(result, result, { threshold: 0 }).cells, []);
for (
  const name of ["read", "write", "run", "env", "net", "sys", "ffi"] as const
) {
  assertNotEquals((await Deno.permissions.query({ name })).state, "granted");
}

// The grammar of C is a part of the program, and no file that is read.
const own = await layoutFromC("struct s { phys_addr_t paddr; u32 len; };");
assertEquals(own.roles.length.field, "len");
