import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  compileObject,
  compilerVersion,
} from "../../../bench/native/compile.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { loadObject } from "../../../bench/native/load_object.ts";
import { inFolder } from "../lab_in_process.ts";

const SOURCES = {
  files: new Map([["answer.c", "int answer(void) { return 42; }\n"]]),
  main: "answer.c",
};

Deno.test("compileObject() compiles once for each content", async () => {
  await inFolder(async (cacheDir) => {
    const first = await compileObject(SOURCES, { cacheDir });
    const again = await compileObject(SOURCES, { cacheDir });
    assertEquals([first.wasCached, again.wasCached], [false, true]);
    assertEquals(again.path, first.path);
    const other = await compileObject(SOURCES, { cacheDir, flags: ["-O1"] });
    assert(other.path !== first.path);
    // Nothing but the objects stays: no sources, no half-written file.
    const names = await Array.fromAsync(Deno.readDir(cacheDir));
    assertEquals(names.every(({ name }) => name.endsWith(".so")), true);
    assertEquals(names.length, 2);
  });
});

Deno.test("compileObject() makes anew what is cut, empty, changed or planted", async () => {
  await inFolder(async (cacheDir) => {
    const { path } = await compileObject(SOURCES, { cacheDir });
    const whole = await Deno.readFile(path);
    assertEquals(Number((await Deno.lstat(path)).mode) & 0o777, 0o600);
    const changed = whole.slice();
    changed[1000] = (changed[1000] as number) ^ 1;
    const planted = new TextEncoder().encode("\x7fELF no digest at all");
    for (
      const content of [
        whole.subarray(0, whole.length - 1),
        whole.subarray(0, whole.length >> 1),
        new Uint8Array(0),
        changed,
        planted,
      ]
    ) {
      await Deno.writeFile(path, content);
      await assertRejects(
        () => loadObject(path),
        NativeEngineError,
        `Cannot load "${path}": it differs from what was compiled`,
      );
      const made = await compileObject(SOURCES, { cacheDir });
      assertEquals([made.wasCached, made.path], [false, path]);
      assertEquals(await Deno.readFile(path), whole);
    }
    assertEquals(
      (await compileObject(SOURCES, { cacheDir })).wasCached,
      true,
    );
  });
});

Deno.test("compileObject() refuses an object that others may write to", async () => {
  await inFolder(async (cacheDir) => {
    const { path } = await compileObject(SOURCES, { cacheDir });
    await Deno.chmod(path, 0o666);
    for (
      const use of [
        () => compileObject(SOURCES, { cacheDir }),
        () => loadObject(path),
      ]
    ) {
      await assertRejects(
        use,
        NativeEngineError,
        "others may write to it (mode 666), expected a file that the lab has " +
          "written; remove it",
      );
    }
  });
});

Deno.test("compileObject() is done by several at once", async () => {
  await inFolder(async (cacheDir) => {
    const made = await Promise.all(
      Array.from({ length: 6 }, () => compileObject(SOURCES, { cacheDir })),
    );
    assertEquals(new Set(made.map(({ path }) => path)).size, 1);
    assertEquals((await Array.fromAsync(Deno.readDir(cacheDir))).length, 1);
  });
});

Deno.test("compileObject() quotes the compiler's first error", async () => {
  const files = new Map([["bad.c", "int f(void) { return missing; }\n"]]);
  await inFolder(async (cacheDir) => {
    const error = await assertRejects(
      () => compileObject({ files, main: "bad.c" }, { cacheDir }),
      NativeEngineError,
      'Cannot compile with "cc": ',
    );
    assertStringIncludes(error.message, "bad.c:1:");
    assertStringIncludes(error.message, "missing");
    assertEquals(error.message.includes("\n"), false);
    // The build is cleared away, and nothing was kept.
    assertEquals(await Array.fromAsync(Deno.readDir(cacheDir)), []);
  });
});

Deno.test("compileObject() says that there is no compiler", async () => {
  await assertRejects(
    () => compileObject(SOURCES, { cc: "no-such-compiler" }),
    NativeEngineError,
    'Cannot run C compiler "no-such-compiler": there is no such program, ' +
      "expected one in PATH",
  );
});

/** A compiler that is a script, which tells its version. */
async function script(folder: string, rest: string): Promise<string> {
  const cc = `${folder}/fake-cc`;
  await Deno.writeTextFile(
    cc,
    `#!/bin/sh\n[ "$1" = --version ] && echo fake 1 && exit 0\n${rest}\n`,
    { mode: 0o755 },
  );
  return cc;
}

Deno.test("compileObject() ends a compiler that hangs", async () => {
  await inFolder(async (folder) => {
    const cc = await script(folder, "exec sleep 30");
    await assertRejects(
      () => compileObject(SOURCES, { cc, cacheDir: folder, timeoutMs: 1000 }),
      NativeEngineError,
      "it has not ended after 1 s, expected an object by then",
    );
  });
});

Deno.test("compileObject() gives the status of a compiler that says nothing", async () => {
  await inFolder(async (folder) => {
    const cc = await script(folder, "exit 3");
    await assertRejects(
      () => compileObject(SOURCES, { cc, cacheDir: folder }),
      NativeEngineError,
      `Cannot compile with "${cc}": exit code 3, expected no error`,
    );
  });
});

Deno.test({
  name: "compilerVersion() names the permission that is missing",
  permissions: { run: false },
  fn: async () => {
    await assertRejects(
      () => compilerVersion({ cc: "sh" }),
      NativeEngineError,
      "the permission is missing, expected --allow-run",
    );
  },
});
