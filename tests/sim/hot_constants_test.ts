/** No module that I/Os run through leaves V8 a constant that it cannot fold. */
import { assert, assertEquals } from "@std/assert";
import { projectFiles, projectPath, ROOT } from "../project_files.ts";
import {
  type HotModule,
  readHotModule,
  unfoldedConstants,
} from "./hot_constants.ts";

/** Where I/Os run through. */
const HOT = new RegExp(
  "^(layouts/(word|\\w*codec\\w*)" +
    "|sim/(memory|kernel|dma|recognition|block|nvme|path|replay|trace|workers)" +
    "/\\w+)\\.ts$",
);

/** Modules, or constants of theirs, that no I/O comes to, and why. */
const COLD: ReadonlyMap<string, string> = new Map([
  ["sim/block/flush_sequence.ts", "flushes are counted, not replayed"],
  ["sim/block/range_io.ts", "discards and flushes are counted, not replayed"],
  ["sim/block/queue_settings.ts", "read once, for a queue"],
  ["sim/kernel/btf.ts", "reads the BTF of a kernel"],
  ["sim/kernel/btf_types.ts", "reads the BTF of a kernel"],
  ["sim/kernel/operation.ts", "numbers of errors"],
  ["sim/kernel/boot_pages.ts", "struct pages are made before the I/Os"],
  ["sim/memory/sheaf.ts", "names of regions"],
  ["sim/nvme/decode_prp.ts", "verifies commands, and is not timed"],
  ["sim/nvme/decode_sgl.ts", "verifies commands, and is not timed"],
  ["sim/nvme/decoding_device.ts", "verifies commands, and is not timed"],
  ["sim/nvme/describe_command.ts", "tells of one command"],
  ["sim/nvme/device_data.ts", "verifies bytes, and is not timed"],
  ["sim/nvme/device_memory.ts", "verifies bytes, and is not timed"],
  ["sim/nvme/device_metadata.ts", "verifies guards, and is not timed"],
  ["sim/nvme/mapping_faults.ts", "for faults that are planned"],
  ["sim/path/path.ts JIFFY_NS", "deadlines pass in simulated time alone"],
  ["sim/path/path.ts RING_ENTRIES", "the driver is made once"],
  ["sim/replay/trace_views.ts", "makes what is told of a trace"],
  ["sim/trace/footprint.ts", "sums, once all I/Os are counted"],
  ["sim/workers/elsewhere.ts", "reserves words"],
  ["sim/workers/hardware_queue_words.ts", "reserves words"],
  ["sim/workers/queue_words.ts", "reserves words and gives them their values"],
  ["sim/workers/traced_queues.ts", "places structures, and is not timed"],
]);

async function hotModules(): Promise<HotModule[]> {
  const paths = (await projectFiles()).map(projectPath);
  return Promise.all(
    paths.filter((path) => HOT.test(path)).map(async (path) =>
      readHotModule(path, await Deno.readTextFile(new URL(path, ROOT)))
    ),
  );
}

Deno.test("what I/Os run through uses constants of its own module alone", async () => {
  const modules = await hotModules();
  assert(modules.length > 150, `${modules.length} modules`);
  const excused = new Set<string>();
  const found = unfoldedConstants(modules).flatMap(({ path, line, name }) => {
    const reason = [path, `${path} ${name}`].find((key) => COLD.has(key));
    if (reason === undefined) {
      return [
        `${path}:${line} uses ${name}, which is imported or exported: ` +
        `expected a const of its own (bench/HOT_PATH.md, "Constants")`,
      ];
    }
    excused.add(reason);
    return [];
  });
  assertEquals(found, []);
  // What is excused and not there is left from before.
  assertEquals([...COLD.keys()].filter((key) => !excused.has(key)), []);
});

/** What is found in modules of one line each, as `path:line name`. */
const foundIn = (modules: Readonly<Record<string, string>>) =>
  unfoldedConstants(
    Object.entries(modules).map(([path, text]) => readHotModule(path, text)),
  ).map(({ path, line, name }) => `${path}:${line} ${name}`);

Deno.test("imported and exported constants are found in closures and methods", () => {
  const used = (use: string) =>
    foundIn({ "sim/a.ts": `import { OK, type T } from "./b.ts";\n${use}` });
  const closure = (body: string) =>
    used(`export function make() { return (x: number) => ${body}; }`);
  assertEquals(closure("OK.ok === x"), ["sim/a.ts:2 OK"]);
  assertEquals(closure("OK"), ["sim/a.ts:2 OK"]);
  assertEquals(closure("{ throw new Error(OK); }"), []);
  assertEquals(closure("x as T"), []);
  assertEquals(closure("x.OK"), []);
  assertEquals(used("export function make() { const a = OK; return a; }"), []);
  assertEquals(used("class C { m() { return OK; } }"), ["sim/a.ts:2 OK"]);
  assertEquals(used("class C { constructor() { this.a = OK; } }"), []);
  assertEquals(
    used("export const OWN = 1;\nconst make = () => () => OWN;"),
    ["sim/a.ts:3 OWN"],
  );
  assertEquals(
    used("export const OWN = 1;\nconst O1 = OWN;\nconst f = () => () => O1;"),
    [],
  );
});

Deno.test("and in functions that closures call, of other modules, too", () => {
  const helper = `export const OK = 1; export const isOk = (x) => x === OK;`;
  const uses = (text: string) =>
    foundIn({ "sim/a.ts": helper, "sim/x/b.ts": text });
  const from = `import { isOk } from "../a.ts";`;
  assertEquals(uses(`${from} const make = () => () => isOk(1);`), [
    "sim/a.ts:1 OK",
  ]);
  // By the name that the hot module has for it.
  assertEquals(
    uses(`${from} const asks = isOk; const make = () => () => asks(1);`),
    ["sim/a.ts:1 OK"],
  );
  assertEquals(uses(`${from} const atSetUp = () => isOk(1);`), []);
});
