/** A name that modules export says what it is by itself: no two share one. */
import { assertEquals } from "@std/assert";
import { projectFiles, projectPath } from "./project_files.ts";

/** Where a program begins. */
const ENTRY = "main";
const EXPORTED =
  /^export (?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

Deno.test("no two modules export different things of one name", async () => {
  const filesOf = new Map<string, Set<string>>();
  for (const file of await projectFiles()) {
    const path = projectPath(file);
    if (!/^(layouts|sim|bench)\/.*\.ts$/.test(path)) continue;
    const text = await Deno.readTextFile(file);
    // Examples in comments begin with an asterisk.
    for (const [, name = ""] of text.matchAll(EXPORTED)) {
      const files = filesOf.get(name) ?? new Set();
      filesOf.set(name, files.add(path));
    }
  }
  const twice = [...filesOf].filter(([name, files]) =>
    files.size > 1 && name !== ENTRY
  );
  assertEquals(twice.map(([name, files]) => `${name}: ${[...files]}`), []);
  assertEquals(filesOf.get(ENTRY)?.has("bench/lab.ts"), true);
});
