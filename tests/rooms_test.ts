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
  ["text", "what users write and read: sizes, names, JSON, lines, complaints"],
  ["random", "seeded random streams"],
  ["time", "simulated time, and what a device takes of it"],
  ["memory", "kernel and physical memory, slabs, words that workers share"],
  ["pci", "the PCI tree: topologies, lspci, providers, map types"],
  ["kernel", "structs, numbers and rules of each kernel; struct pages"],
  ["dma", "the DMA API: direct, bounced, through an IOMMU"],
  ["workload", "I/Os: traces, fio jobs, presets, the memory they are on"],
  ["cache", "CPU caches, and the address traces of other programs"],
  ["trace", "each access of a path: footprint, heat, modelled misses"],
  ["recognition", "how the path finds out that an address is P2P memory"],
  ["block", "bios, splits, merges, requests, tags, schedulers, segments"],
  ["nvme", "driver, commands, rings, and the device behind them"],
  ["path", "the stages in a row, and what may watch or replace them"],
  ["setup", "a path's or a cell's description, and what it is made into"],
  ["replay", "windows of I/Os through a path: plain, verified, traced"],
  ["fault", "fault plans: what is to go wrong with which I/Os"],
  ["simulation", "a path in simulated time, with faults and recovery"],
  ["workers", "rings between workers, and who submits and completes what"],
];

/** Rooms of each room, bottom to top. */
const INNER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  sim: ROOMS_OF_SIM.map(([name]) => name),
};

interface Module {
  readonly path: string;
  readonly text: string;
  /** Paths from the root, of relative imports and re-exports. */
  readonly imports: readonly string[];
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
  const imports = [
    ...code.matchAll(/\bfrom\s+"(\.[^"]+)"/g),
    ...code.matchAll(/\bimport\s*\(?\s*"(\.[^"]+)"/g),
    ...code.matchAll(/new URL\(\s*"(\.[^"]+\.ts)",\s*import\.meta\.url/g),
  ].map(([, target = ""]) => new URL(target, url).href.slice(ROOT.href.length));
  return { path, text, imports };
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
  const [folder, room = ""] = path.split("/");
  const height = rooms.indexOf(room);
  if (height < 0) return [`${path} is in no room of ${folder}/`];
  return imports.flatMap((target) => {
    const [into, other = ""] = target.split("/");
    if (into !== folder) return [];
    return rooms.indexOf(other) <= height && rooms.includes(other)
      ? []
      : [`${path} imports ${target}, and ${other} is above ${room}`];
  });
}

for (const [folder, rooms] of Object.entries(INNER_ROOMS)) {
  Deno.test(`rooms of ${folder}/ import only themselves and those below`, async () => {
    const found = await modules(folder);
    assertEquals(found.flatMap((module) => wrongArrows(module, rooms)), []);
    const used = new Set(found.map(({ path }) => path.split("/")[1]));
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

Deno.test("CONTRIBUTING.md lists the rooms as they are checked", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  const rows = [...text.matchAll(/^\| `sim\/(\w+)\/` +\| (.*?) +\|$/gm)]
    .map(([, name, purpose]) => [name, purpose]);
  assertEquals(rows, ROOMS_OF_SIM.map((row) => [...row]));
});

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

Deno.test("layouts/ and sim/ export no name twice", async () => {
  const places = new Map<string, string[]>();
  for (const room of ["layouts", "sim"]) {
    for (const { path, text } of await modules(room)) {
      for (const [, name = ""] of text.matchAll(DECLARATION)) {
        const known = places.get(name) ?? [];
        if (!known.includes(path)) places.set(name, [...known, path]);
      }
    }
  }
  assert(places.size > 500);
  assertEquals([...places].filter(([, paths]) => paths.length > 1), []);
});

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
