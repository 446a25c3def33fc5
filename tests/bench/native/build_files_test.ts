import { assertEquals } from "@std/assert";
import {
  buildOf,
  claimIn,
  removeBuildLeftovers,
} from "../../../bench/native/build_files.ts";
import { inFolder } from "../lab_in_process.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

Deno.test("removeBuildLeftovers() leaves what somebody holds, and takes the rest", async () => {
  await inFolder(async (folder) => {
    const held = await claimIn(folder, "build");
    const heldBuild = buildOf(held.path);
    await Deno.mkdir(heldBuild);
    const dead = await claimIn(folder, "build");
    const deadBuild = buildOf(dead.path);
    await Deno.mkdir(deadBuild);
    await Deno.writeTextFile(`${deadBuild}/path.c`, "");
    // As the system closes the files of a process that is killed.
    dead.file.close();
    const load = await claimIn(folder, "load");
    load.file.close();
    await Deno.writeTextFile(`${folder}/${"0".repeat(40)}.so`, "");
    await Deno.writeTextFile(`${folder}/mine.txt`, "");
    await removeBuildLeftovers(folder);
    assertEquals(
      await namesIn(folder),
      [held.path, heldBuild, `${folder}/${"0".repeat(40)}.so`]
        .map((path) => path.slice(folder.length + 1)).concat("mine.txt").sort(),
    );
    held.file.close();
    await removeBuildLeftovers(folder);
    assertEquals(await namesIn(folder), [`${"0".repeat(40)}.so`, "mine.txt"]);
  });
});

Deno.test("removeBuildLeftovers() takes builds of older labs after an hour", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/build-new`);
    await Deno.mkdir(`${folder}/build-old`);
    const then = new Date(Date.now() - 2 * 3_600_000);
    await Deno.utime(`${folder}/build-old`, then, then);
    await removeBuildLeftovers(folder);
    assertEquals(await namesIn(folder), ["build-new"]);
  });
});
