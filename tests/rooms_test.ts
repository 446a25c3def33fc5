import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const ROOMS = ["layouts", "sim", "bench"] as const;
/** What each room may import besides itself and packages. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  layouts: [],
  sim: ["layouts"],
  bench: ["layouts", "sim", "deno.json"],
};

/**
 * The rooms of sim/ from the bottom to the top, and what each is for: a room
 * imports only itself and those listed before it. CONTRIBUTING.md shows the
 * same list.
 */
const ROOMS_OF_SIM: readonly (readonly [name: string, purpose: string])[] = [
  ["text", "what users write and read: sizes, names, JSON, lines, errors"],
  ["random", "seeded random streams"],
  ["time", "simulated time, and how much a device takes"],
  ["memory", "kernel and physical memory, slabs, words that workers share"],
  ["pci", "the PCI tree: topologies, lspci, providers, map types"],
  ["kernel", "structs, numbers and rules of each kernel; struct pages"],
  ["dma", "the DMA API: direct, bounced, through an IOMMU"],
  ["workload", "I/Os: traces, fio jobs, presets, the memory of their buffers"],
  ["cache", "CPU caches, and the address traces of other programs"],
  ["trace", "every access of a path: footprint, heat, modelled misses"],
  ["recognition", "how the path finds out that an address is P2P memory"],
  ["block", "bios, splits, merges, requests, tags, schedulers, segments"],
  ["nvme", "driver, commands, rings, and the device behind them"],
  ["path", "the stages in a row, and what may observe or replace them"],
  ["setup", "the description of a path or a cell, and how it is assembled"],
  ["replay", "windows of I/Os through a path: plain, verified, traced"],
  ["fault", "fault plans: what goes wrong with which I/Os"],
  ["simulation", "a path in simulated time, with faults and recovery"],
  ["workers", "rings between workers, and who submits and completes what"],
];

/** The same of bench/, whose own files (benches, `lab.ts`) stand above all. */
const ROOMS_OF_BENCH: readonly (readonly [name: string, purpose: string])[] = [
  ["text", "tables, figures and quoting, as text for people"],
  ["draw", "pictures and pages: SVG, HTML, palette"],
  ["files", "files read and written: limits, claims, system errors"],
  ["statistics", "medians, intervals and tests over samples"],
  ["machine", "the machine that measures: environment, clocks, code, CPU"],
  ["shell", "a command's process: streams, output, progress, help"],
  ["simulate", "requests to, and results of, a run in simulated time"],
  ["setup", "the setup of a run: fields, rules, options, words"],
  ["result", "the result of a run: schema, reading, comparing, verdicts"],
  ["native", "the path in C: built, counted, placed"],
  ["contender", "one layout's isolate: what is timed, and its protocol"],
  ["workers", "groups of submitters and devices, measured together"],
  ["run", "the cells of a setup, audited and timed"],
  ["report", "a result as blocks, and blocks in every format"],
  ["explain", "one I/O, step by step"],
  ["footprint", "lines and fields of an I/O against recorded kernels"],
  ["patched", "what kernels with other bio_vecs ran, next to the path in C"],
  ["export", "traces and placements for other programs"],
  ["source_audit", "uses of bv_page in a kernel tree"],
  ["verify", "a result or a mail, its figures recounted"],
  ["oracle", "what real kernels did, replayed"],
  ["soak", "millions of verified I/Os with faults"],
  ["kernel", "a real kernel in QEMU, measured"],
  ["study", "the study: the main question as a whole"],
  ["sweep", "plans of many cells, in shards, merged"],
  ["fuzz", "readers on almost valid input"],
  ["command_line", "completions and the manual page"],
  ["command", "the commands of lab"],
  ["targets", "speed targets, and which are met"],
  ["check", "checkouts compared, and timing compared with itself"],
  ["codec", "the bench of the codecs"],
];

/** Rooms of each folder, bottom to top. */
const INNER_ROOMS = { sim: ROOMS_OF_SIM, bench: ROOMS_OF_BENCH } as const;

/** Files of bench/ in no room: what is run, what is published, its docs. */
const ABOVE_BENCH = /^bench\/(\w+_bench|lab|docs|docs_tables|types)\.ts$/;

interface Module {
  readonly path: string;
  readonly text: string;
  /** Paths from the root, of relative imports and re-exports. */
  readonly imports: readonly string[];
  /** Those of them that are still there when types are taken away. */
  readonly loads: readonly string[];
}

async function modules(folder: string): Promise<Module[]> {
  const found: Module[] = [];
  for await (const entry of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await modules(path));
    else if (path.endsWith(".ts") && !path.endsWith(".d.ts")) {
      found.push(await readModule(path));
    }
  }
  return found.toSorted((a, b) => a.path < b.path ? -1 : 1);
}

async function readModule(path: string): Promise<Module> {
  const url = new URL(path, ROOT);
  const text = await Deno.readTextFile(url);
  // Doc comments hold example imports; those are not the module's own.
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
  const targets = (from: string) =>
    [
      ...from.matchAll(/\bfrom\s+"(\.[^"]+)"/g),
      ...from.matchAll(/\bimport\s*\(?\s*"(\.[^"]+)"/g),
      ...from.matchAll(/new URL\(\s*"(\.[^"]+\.ts)",\s*import\.meta\.url/g),
    ].map(([, target = ""]) =>
      new URL(target, url).href.slice(ROOT.href.length)
    );
  const loads = targets(code.replaceAll(/^(im|ex)port type [^;]*;$/gm, ""));
  return { path, text, imports: targets(code), loads };
}

Deno.test("rooms import one way: layouts, then sim, then bench", async () => {
  let checked = 0;
  for (const room of ROOMS) {
    for (const { path, imports } of await modules(room)) {
      for (const target of imports) {
        const to = target.split("/")[0] ?? "";
        assert(
          to === room || MAY_IMPORT[room]?.includes(to),
          `${path} imports ${target}`,
        );
        checked++;
      }
    }
  }
  assert(checked > 50);
});

/**
 * What is wrong with a module's place and imports inside its folder.
 *
 * @param module A module of the folder.
 * @param rooms Rooms of the folder, bottom to top.
 * @returns A line for each file in no room and each arrow upward.
 */
function wrongArrows(
  { path, imports }: Pick<Module, "path" | "imports">,
  rooms: readonly string[],
): string[] {
  if (ABOVE_BENCH.test(path)) return [];
  const [folder, room = ""] = path.split("/");
  const height = rooms.indexOf(room);
  if (height < 0) return [`${path} is in no room of ${folder}/`];
  return imports.flatMap((target) => {
    const [into, other = ""] = target.split("/");
    if (into !== folder || target.endsWith(".json")) return [];
    return rooms.indexOf(other) <= height && rooms.includes(other)
      ? []
      : [`${path} imports ${target}, and ${other} is above ${room}`];
  });
}

for (const [folder, table] of Object.entries(INNER_ROOMS)) {
  const rooms = table.map(([name]) => name);
  Deno.test(`rooms of ${folder}/ import only themselves and those below`, async () => {
    const found = await modules(folder);
    assertEquals(found.flatMap((module) => wrongArrows(module, rooms)), []);
    const used = new Set(
      found.map(({ path }) => path.split("/")[1] ?? ""),
    );
    assertEquals(rooms.filter((room) => !used.has(room)), []);
  });
}

Deno.test("an arrow upward and a file in no room are found", () => {
  const at = (path: string, ...imports: string[]) =>
    wrongArrows({ path, imports }, ["low", "high"]);
  assertEquals(at("sim/high/a.ts", "sim/low/b.ts", "layouts/abi.ts"), []);
  assertEquals(at("sim/low/b.ts", "sim/low/c.ts", "sim/high/a.ts"), [
    "sim/low/b.ts imports sim/high/a.ts, and high is above low",
  ]);
  assertEquals(at("sim/a.ts"), ["sim/a.ts is in no room of sim/"]);
  assertEquals(at("sim/high/a.ts", "sim/b.ts").length, 1);
});

/** Modules that load each other in a circle, or lie between two circles. */
function circles(found: readonly Pick<Module, "path" | "loads">[]): string[] {
  let left = found;
  for (let before = -1; before !== left.length;) {
    before = left.length;
    // Not in a circle: who loads nothing that is left, or is loaded by none.
    const paths = new Set(left.map(({ path }) => path));
    const loaded = new Set(
      left.flatMap(({ path, loads }) => loads.filter((to) => to !== path)),
    );
    left = left.filter(({ path, loads }) =>
      loaded.has(path) && loads.some((to) => to !== path && paths.has(to))
    );
  }
  return left.map(({ path }) => path);
}

Deno.test("no modules load each other in a circle", async () => {
  assertEquals(circles((await Promise.all(ROOMS.map(modules))).flat()), []);
  const at = (path: string, ...loads: string[]) => ({ path, loads });
  assertEquals(
    circles([at("a", "b"), at("b", "c", "a"), at("c"), at("d", "c", "d")]),
    ["a", "b"],
  );
});

Deno.test("CONTRIBUTING.md lists the rooms as they are checked", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  const rows = [...text.matchAll(/^\| `(\w+)\/(\w+)\/` +\| (.*?) +\|$/gm)]
    .map(([, folder, name, purpose]) => [folder, name, purpose]);
  assertEquals(
    rows,
    Object.entries(INNER_ROOMS).flatMap(([folder, table]) =>
      table.map((row) => [folder, ...row])
    ),
  );
});

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

for (const rooms of [["layouts", "sim"], ["bench"]]) {
  Deno.test(`${rooms.join("/ and ")}/ export no name twice`, async () => {
    const places = new Map<string, string[]>();
    for (const room of rooms) {
      for (const { path, text } of await modules(room)) {
        for (const [, name = ""] of text.matchAll(DECLARATION)) {
          const known = places.get(name) ?? [];
          // Each program has a main().
          if (name === "main" || known.includes(path)) continue;
          places.set(name, [...known, path]);
        }
      }
    }
    assert(places.size > 500);
    assertEquals([...places].filter(([, paths]) => paths.length > 1), []);
  });
}

Deno.test("modules import files, never a barrel", async () => {
  for (const room of ROOMS) {
    for (const { path, imports } of await modules(room)) {
      for (const target of imports) {
        assert(!/(^|\/)mod\.ts$/.test(target), `${path} imports ${target}`);
        assert(target !== "bench/types.ts", `${path} imports ${target}`);
      }
    }
  }
});

Deno.test("the project's own name is imported in examples only", async () => {
  for (const room of ROOMS) {
    for (const { path, text } of await modules(room)) {
      const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
      assert(!code.includes('from "@bvec/'), path);
    }
  }
});

/** The names that a module of re-exports gives, and whether only to types. */
function reexports(text: string): (readonly [name: string, isType: boolean])[] {
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*$/gm, "").trim();
  return code.split(";").map((part) => part.trim()).filter((part) =>
    part !== ""
  )
    .flatMap((statement) => {
      const [, type, names] =
        /^export (type )?\{([^}]*)\} from "\.[^"]*"$/.exec(statement) ?? [];
      assert(names !== undefined, statement);
      return names.split(",").map((name) => name.trim()).filter((name) =>
        name !== ""
      ).map((name) =>
        [
          name.replace(/^type /, ""),
          type !== undefined || name.startsWith("type "),
        ] as const
      );
    });
}

Deno.test("mod.ts is short, and bench/types.ts has what its types are made of", async () => {
  const root = reexports((await readModule("mod.ts")).text);
  assert(root.length >= 50 && root.length <= 75, `${root.length} names`);
  const parts = reexports((await readModule("bench/types.ts")).text);
  const known = new Set(root.map(([name]) => name));
  assertEquals(parts.filter(([name]) => known.has(name)), []);
  // Lists that a type is written with: `typeof SERVICE_TIMES[number]`.
  const values = parts.filter(([, isType]) => !isType).map(([name]) => name);
  assertEquals(values.filter((name) => name !== name.toUpperCase()), []);
});

Deno.test("folders are at most two deep below the root", async () => {
  for (const room of ROOMS) {
    for (const { path } of await modules(room)) {
      assert(path.split("/").length <= 4, path);
    }
  }
});

Deno.test("layouts/ and sim/ use neither the clock nor Math.random", async () => {
  for (const room of ["layouts", "sim"]) {
    for (const { path, text } of await modules(room)) {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      assert(
        !/Math\.random|Date\.now|performance\.now|new Date\(/.test(code),
        path,
      );
    }
  }
});
