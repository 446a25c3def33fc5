/**
 * `deno task test` and `deno task test:live` run every test of the project, and
 * each in one of them.
 */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { projectFiles, projectPath, ROOT } from "./project_files.ts";

/** What `deno test` takes for a test where it is given a folder. */
const TEST_FILE = /(^|[_.])test\.[mc]?[tj]sx?$/;

const TASKS = ["test", "test:live"] as const;

/** The command of a task, in parts. */
function parts(task: typeof TASKS[number]) {
  const words = config.tasks[task].command.split(" ");
  const at = words.indexOf("test");
  assertEquals(words.slice(0, at), ["DENO_NO_UPDATE_CHECK=1", "deno"]);
  const rest = words.slice(at + 1);
  const ignored = rest.filter((word) => word.startsWith("--ignore="));
  return {
    flags: rest.filter((word) =>
      word.startsWith("-") && !ignored.includes(word)
    ),
    roots: rest.filter((word) => !word.startsWith("-")),
    ignored: ignored.flatMap((word) => word.replace(/.*=/, "").split(",")),
  };
}

/** Says whether a path is, or lies in, one of some folders. */
function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((one) => path === one || path.startsWith(`${one}/`));
}

Deno.test("each test file is of one task, and stands in tests/", async () => {
  const tests = (await projectFiles()).map(projectPath)
    .filter((path) => TEST_FILE.test(path.replace(/.*\//, "")));
  assert(tests.length > 400, `${tests.length}`);
  for (const path of tests) {
    const having = TASKS.filter((task) => {
      const { roots, ignored } = parts(task);
      return (roots.length === 0 || isIn(path, roots)) && !isIn(path, ignored);
    });
    assertEquals(having.length, 1, `${path} is of ${having}`);
    assert(path.startsWith("tests/"), path);
  }
});

Deno.test("both tasks have the same permissions, and doc examples once", () => {
  assertEquals(parts("test").flags, parts("test:live").flags);
  // They are tests/doc_examples_test.ts.
  assert(!parts("test").flags.includes("--doc"));
});

Deno.test("deno task ok, CI, README and CONTRIBUTING have both", async () => {
  const ok = config.tasks.ok.dependencies;
  assertEquals(ok.filter((name) => name.startsWith("test")), [...TASKS]);
  const ci = await Deno.readTextFile(new URL(".ci/run", ROOT));
  for (const task of TASKS) {
    assert(ci.includes(`\ndeno task ${task}\n`), task);
    for (const page of ["README.md", "CONTRIBUTING.md"]) {
      const text = await Deno.readTextFile(new URL(page, ROOT));
      assert(text.includes(`\`deno task ${task}\``), `${page}: ${task}`);
    }
  }
});
