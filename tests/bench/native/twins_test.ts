/**
 * The path exists twice on purpose, in TypeScript and in C: same stage, same
 * file name.
 */
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url);

/** Files in C that have no twin, and why. */
const ALONE: Readonly<Record<string, string>> = {};

async function* files(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    if (entry.isDirectory) yield* files(`${folder}${entry.name}/`);
    else yield `${folder}${entry.name}`;
  }
}

function baseName(path: string): string {
  return path.replace(/^.*\//, "").replace(/\.\w+$/, "");
}

Deno.test("each stage in C bears the name of its twin in sim/", async () => {
  const twins = new Map<string, string[]>();
  for await (const path of files("sim/")) {
    if (!path.endsWith(".ts")) continue;
    const name = baseName(path);
    twins.set(name, [...twins.get(name) ?? [], path]);
  }
  const seen = [];
  for await (const path of files("bench/native/path/")) {
    const file = path.replace(/^.*\//, "");
    seen.push(file);
    if (file in ALONE) continue;
    const found = twins.get(baseName(file)) ?? [];
    assertEquals(found.length, 1, `${path} has the twins [${found}]`);
    const head = (await Deno.readTextFile(new URL(path, ROOT)))
      .match(/\/\*[\s\S]*?\*\//)?.[0] ?? "";
    assert(
      head.includes(found[0] as string),
      `the first lines of ${path} do not name ${found[0]}`,
    );
  }
  for (const file of Object.keys(ALONE)) assert(seen.includes(file), file);
});
