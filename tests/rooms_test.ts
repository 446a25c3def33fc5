import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const ROOMS = ["layouts", "sim", "bench"] as const;
/** What each room may import besides itself and packages. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  layouts: [],
  sim: ["layouts"],
  bench: ["layouts", "sim", "deno.json"],
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

Deno.test("modules import files, never a barrel", async () => {
  for (const room of ROOMS) {
    for (const { path, imports } of await modules(room)) {
      for (const target of imports) {
        assert(!target.endsWith("mod.ts"), `${path} imports ${target}`);
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

Deno.test("each barrel only re-exports files of its own room", async () => {
  for (const room of ROOMS) {
    const { text, imports } = await readModule(`${room}/mod.ts`);
    const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").trim();
    for (const statement of code.split(";").map((part) => part.trim())) {
      assert(
        statement === "" || /^export (type )?(\*|\{)/.test(statement),
        `${room}/mod.ts: ${statement}`,
      );
    }
    for (const target of imports) {
      assertEquals(target.split("/")[0], room);
      await Deno.stat(new URL(target, ROOT));
    }
  }
  const root = await readModule("mod.ts");
  assertEquals(root.imports, ROOMS.map((room) => `${room}/mod.ts`));
});

Deno.test("the barrel of layouts/ names every layout file's public part", async () => {
  const barrel = await readModule("layouts/mod.ts");
  // What only the codec is made of, C or arguments are checked by, and layouts,
  // which the registry gives.
  const inner = new Set([
    "layouts/abi_form.ts",
    "layouts/address_codec.ts",
    "layouts/c_names.ts",
    "layouts/codec_parts.ts",
    "layouts/layout_form.ts",
    "layouts/length_codec.ts",
    "layouts/mod.ts",
    "layouts/option_check.ts",
    "layouts/role_check.ts",
    "layouts/usable_struct.ts",
  ]);
  const registry = await readModule("layouts/registry.ts");
  for (const { path } of await modules("layouts")) {
    if (inner.has(path)) continue;
    // What pahole's form is printed with, and how C is read.
    if (/^layouts\/(pahole|c_text)\//.test(path)) continue;
    assert(
      barrel.imports.includes(path) || registry.imports.includes(path),
      `${path} is neither in the barrel nor in the registry`,
    );
  }
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
