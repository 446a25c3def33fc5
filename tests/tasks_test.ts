/**
 * `deno task test` and `deno task test:live` run every test of the project,
 * each once.
 */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { projectFiles, projectPath, ROOT } from "./project_files.ts";

/** What `deno test` takes for a test where it is given a folder. */
const ANY_TEST_FILE = /(^|[_./])test\.[mc]?[tj]sx?$/;

const TASKS = ["test", "test:live"] as const;

/** The words of a task behind `deno test`. */
function words(task: typeof TASKS[number]): string[] {
  const [env, deno, test, ...rest] = config.tasks[task].command.split(" ");
  assertEquals([env, deno, test], ["DENO_NO_UPDATE_CHECK=1", "deno", "test"]);
  return rest;
}

const flags = (task: typeof TASKS[number]) =>
  words(task).filter((word) => word.startsWith("-"));
const roots = (task: typeof TASKS[number]) =>
  words(task).filter((word) => !word.startsWith("-"));

Deno.test("each test file is of one task and one isolate", async () => {
  assertEquals(TASKS.map(roots), [["tests/together/*.ts"], ["tests/live"]]);
  const paths = (await projectFiles()).map(projectPath);
  const isolates = ["tests/live"];
  for (const path of paths) {
    if (!/^tests\/together\/[^/]+\.ts$/.test(path)) continue;
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const [, folders = ""] = /^await importTests\(([^)]*)\);$/m.exec(text) ??
      [];
    assert(folders !== "", `${path} has no importTests()`);
    for (const [, folder] of folders.matchAll(/"([^"]*)"/g)) {
      isolates.push(folder === "." ? "tests" : `tests/${folder}`);
    }
  }
  const tests = paths.filter((path) => ANY_TEST_FILE.test(path));
  assert(tests.length > 400, `${tests.length}`);
  for (const path of tests) {
    const folder = path.replace(/\/[^/]*$/, "");
    assertEquals(
      isolates.filter((one) => one === folder).length,
      1,
      `${path} is of tests/together/*.ts or tests/live/ once`,
    );
    // As importTests() wants it.
    assert(path.endsWith("_test.ts"), path);
  }
});

Deno.test("no test changes what all isolates of a process share", async () => {
  // Another test would be in its folder, or have its variable. A name of a
  // test's own is nobody else's, and a child has its own of everything.
  const shared = /\bDeno\.(?:chdir|umask|env\.(?:set|delete))\((?!name\b)/;
  const wrong: string[] = [];
  for (const file of await projectFiles()) {
    const path = projectPath(file);
    if (!/^tests\/.*\.ts$/.test(path)) continue;
    const [found] = shared.exec(await Deno.readTextFile(file)) ?? [];
    if (found !== undefined) wrong.push(`${path}: ${found}`);
  }
  assertEquals(wrong, []);
});

Deno.test("both tasks have the same permissions, and doc examples once", () => {
  assertEquals(flags("test"), flags("test:live"));
  // They are doc_examples_test.ts.
  assert(!flags("test").includes("--doc"));
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
