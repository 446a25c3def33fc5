/**
 * What the isolates of a run load before they are asked anything, and for their
 * first audit, time and trace. A run starts dozens of them, so that a module
 * that one of them only might need is loaded by the request that needs it, and
 * what is held against a schema is looked at by who starts them. The same of the
 * command line: a command loads what it is asked for.
 */
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url);

/** What a module loads: files by their path, packages by their name. */
async function loads(path: string): Promise<string[]> {
  const url = new URL(path, ROOT);
  if (!path.endsWith(".ts")) return [];
  const text = (await Deno.readTextFile(url))
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...text.matchAll(/^(?:im|ex)port (?!type )[^;]*?"([^"]+)"/gm)]
    .filter(([statement]) => /\bfrom\s+"|^import\s+"/.test(statement))
    .map(([, target = ""]) =>
      target.startsWith(".")
        ? new URL(target, url).href.slice(ROOT.href.length)
        : target
    );
}

/** What a module loads, and all that those load, but for `import()`. */
async function loadedBy(entry: string): Promise<string[]> {
  const found = new Set([entry]);
  // A set goes through what is added to it on the way.
  for (const path of found) {
    if (!/\.(ts|json)$/.test(path)) continue;
    for (const target of await loads(path)) found.add(target);
  }
  return [...found];
}

const SCHEMAS =
  /^zod$|_form\.ts$|^sim\/setup\/\w+_fields\.ts$|^bench\/setup\/|\/option_check/;
const ENGINE_IN_C = /^bench\/native\/(?!place_arena\.ts)/;
/** What every path needs: its kernel's structs, and text of the project. */
const OWN = /\.ts$|^sim\/kernel\/recorded\/\w+\.json$/;
const NEAR_NAMES = "@std/text/levenshtein-distance";
const RANDOM = "pure-rand/generator/xoroshiro128plus";

for (
  const { entry, most, others, never } of [
    {
      entry: "bench/contender/contender_worker.ts",
      most: 90,
      others: [NEAR_NAMES],
      never: [
        SCHEMAS,
        ENGINE_IN_C,
        /^node:/,
        /^sim\/(path|replay|simulation)\//,
      ],
    },
    {
      entry: "bench/contender/contender_audit.ts",
      most: 258,
      others: [NEAR_NAMES, RANDOM],
      never: [SCHEMAS, /^bench\/native\//, /^node:/, /^sim\/simulation\//],
    },
    {
      entry: "bench/contender/contender_timing.ts",
      most: 258,
      others: [NEAR_NAMES, "node:process", RANDOM],
      never: [SCHEMAS, ENGINE_IN_C, /^sim\/(simulation|trace|cache)\//],
    },
    {
      entry: "sim/replay/trace_views.ts",
      most: 258,
      others: [NEAR_NAMES, RANDOM],
      never: [SCHEMAS, /^sim\/simulation\//],
    },
    {
      entry: "bench/workers/submitter_worker.ts",
      most: 282,
      others: [NEAR_NAMES, "node:process", RANDOM],
      never: [/^zod$|_form\.ts$|\/option_check/, ENGINE_IN_C, /^hdr-/],
    },
    {
      entry: "bench/workers/device_worker.ts",
      most: 238,
      others: [NEAR_NAMES],
      never: [/^zod$|_form\.ts$|\/option_check/, ENGINE_IN_C],
    },
    {
      entry: "bench/workers/sharing_worker.ts",
      most: 275,
      others: [NEAR_NAMES, RANDOM],
      never: [/^zod$|_form\.ts$|\/option_check/, ENGINE_IN_C],
    },
    {
      entry: "bench/lab.ts",
      most: 34,
      others: [NEAR_NAMES, "@std/fmt/bytes", "commander", "deno.json", "zod"],
      never: [/^bench\/(run|report|result|native)\//, /^sim\/(?!text\/)/],
    },
    {
      // What is compared is done in isolates; a page and a blktrace are asked for.
      entry: "bench/command/run.ts",
      most: 620,
      others: [
        NEAR_NAMES,
        RANDOM,
        "@std/bytes/concat",
        "@std/csv",
        "@std/encoding/hex",
        "@std/fmt/bytes",
        "@std/fmt/duration",
        "@std/path",
        "bench/results/machine_code.json",
        "bench/results/patched_kernels.json",
        "commander",
        "deno.json",
        "layouts/c_text/grammar.js",
        "node:crypto",
        "node:os",
        "node:process",
        "node:util",
        "node:zlib",
        "simple-statistics",
        "zod",
      ],
      never: [
        /^sim\/(path\/path|block\/block_layer|nvme\/driver)\.ts$/,
        /^bench\/(explain|workers\/group\.ts|native\/count\/machine_code)/,
        /^hdr-|^vega/,
      ],
    },
  ]
) {
  Deno.test(`${entry} loads what it needs and no more`, async () => {
    const modules = await loadedBy(entry);
    assertEquals(
      modules.filter((path) => never.some((one) => one.test(path))),
      [],
    );
    // One package more, or a table, may weigh more than a hundred files.
    assertEquals(
      modules.filter((path) => !OWN.test(path)).sort(),
      others.toSorted(),
    );
    assert(modules.length > most / 2, `only ${modules.length} were found`);
    assert(modules.length <= most, `${modules.length} modules`);
  });
}

Deno.test("loadedBy() finds what is loaded, and not what might be", async () => {
  const loaded = await loadedBy("sim/setup/assembly.ts");
  assert(loaded.includes("zod"));
  assert(loaded.includes("sim/path/path.ts"));
  const work = await loads("bench/contender/contender_work.ts");
  assert(work.includes("layouts/abi.ts"));
  // Types, and what `import()` loads.
  assert(!work.includes("bench/contender/contender_audit.ts"));
});
