import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  checkObjectFile,
  openObjectCache,
} from "../../../bench/native/cache_directory.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { inFolder } from "../lab_in_process.ts";

const refuses = (path: string, found: string) =>
  assertRejects(
    () => openObjectCache(path),
    NativeEngineError,
    `Cannot use cache directory "${path}": ${found}`,
  );

Deno.test("openObjectCache() makes a directory of this user's alone", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a/bvec-lab`;
    const cache = await openObjectCache(path);
    assertEquals(cache.path, await Deno.realPath(path));
    const { mode, uid } = await Deno.lstat(path);
    assertEquals([(mode ?? 0) & 0o777, uid], [0o700, cache.ownUid]);
    assertEquals(await Array.fromAsync(Deno.readDir(path)), []);
    // A slash at the end is no other directory.
    assertEquals((await openObjectCache(`${path}/`)).path, cache.path);
  });
});

Deno.test("openObjectCache() refuses a directory that others can write to", async () => {
  await inFolder(async (folder) => {
    for (const mode of [0o777, 0o770, 0o702]) {
      const path = `${folder}/${mode.toString(8)}`;
      await Deno.mkdir(path);
      await Deno.chmod(path, mode);
      await refuses(
        path,
        `others may write to it (mode ${mode.toString(8)}), expected a ` +
          "directory that only you can write to (or another $XDG_CACHE_HOME)",
      );
      // Mended, it is taken.
      await Deno.chmod(path, 0o755);
      await openObjectCache(path);
    }
  });
});

Deno.test("openObjectCache() refuses a directory that others can replace", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/open/bvec-lab`;
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    await Deno.chmod(`${folder}/open`, 0o777);
    await refuses(path, `others may write to "`);
    // As /tmp is: only owners may rename there.
    await Deno.chmod(`${folder}/open`, 0o1777);
    await openObjectCache(path);
  });
});

Deno.test("openObjectCache() refuses links and files", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/real`, { mode: 0o700 });
    await Deno.symlink(`${folder}/real`, `${folder}/link`);
    await Deno.symlink(`${folder}/nowhere`, `${folder}/dangling`);
    await Deno.writeTextFile(`${folder}/file`, "");
    await refuses(`${folder}/link`, "it is a symbolic link");
    await refuses(`${folder}/dangling`, "it is a symbolic link");
    await refuses(`${folder}/file`, "it is not a directory");
    await refuses(`${folder}/file/bvec-lab`, "a part of the path is no");
    // Above the directory a link may lead to another disk.
    const cache = await openObjectCache(`${folder}/link/bvec-lab`);
    assertEquals(
      cache.path,
      `${await Deno.realPath(`${folder}/real`)}/bvec-lab`,
    );
  });
});

/** Only root can give files away. */
async function giveAway(path: string): Promise<boolean> {
  try {
    await Deno.chown(path, 65533, null);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    await Deno.stderr.write(
      new TextEncoder().encode("NOT RUN: another owner needs root\n"),
    );
    return false;
  }
}

Deno.test("openObjectCache() refuses what belongs to another user", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/theirs`, { mode: 0o700 });
    if (!await giveAway(`${folder}/theirs`)) return;
    await refuses(`${folder}/theirs`, "it belongs to user 65533");
    await refuses(`${folder}/theirs/mine`, `"`);
  });
});

Deno.test("checkObjectFile() refuses what somebody else could have written", async () => {
  await inFolder(async (folder) => {
    const cache = await openObjectCache(`${folder}/bvec-lab`);
    const path = `${cache.path}/a.so`;
    const refuses = (found: string) =>
      assertRejects(
        () => checkObjectFile(path, cache),
        NativeEngineError,
        `Cannot use compiled object "${path}": ${found}`,
      );
    assertEquals(await checkObjectFile(path, cache), false);
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    assertEquals(await checkObjectFile(path, cache), true);
    await Deno.chmod(path, 0o620);
    await refuses("others may write to it (mode 620)");
    await Deno.chmod(path, 0o644);
    if (await giveAway(path)) await refuses("it belongs to user 65533");
    await Deno.rename(path, `${cache.path}/b.so`);
    await Deno.symlink("b.so", path);
    await refuses("it is a symbolic link");
    await Deno.remove(path);
    await Deno.mkdir(path);
    await refuses("it is not a file");
  });
});

/** Where a process with these variables keeps its objects. */
async function directoryWith(env: Record<string, string>): Promise<string> {
  const module = new URL(
    "../../../bench/native/cache_directory.ts",
    import.meta.url,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { cacheDirectory } = await import(${JSON.stringify(module.href)});
      console.log(await cacheDirectory());`,
    ],
    cwd: new URL("../../../", import.meta.url),
    clearEnv: true,
    env,
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

Deno.test("cacheDirectory() follows XDG, and needs no home", async () => {
  const home = Deno.env.get("HOME") ?? "/";
  // Where this process has its modules.
  const deno = Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/deno`;
  const base = { DENO_DIR: deno, HOME: "/home/x" };
  assertEquals(
    await directoryWith({ ...base, XDG_CACHE_HOME: "/c" }),
    "/c/bvec-lab",
  );
  // The specification ignores what is no absolute path.
  for (const value of ["", "relative"]) {
    assertEquals(
      await directoryWith({ ...base, XDG_CACHE_HOME: value }),
      "/home/x/.cache/bvec-lab",
    );
  }
  const path = await directoryWith({ DENO_DIR: deno });
  assertMatch(path, /\/bvec-lab-(\d+|objects)$/);
});
