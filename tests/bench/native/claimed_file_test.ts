import { assertEquals } from "@std/assert";
import {
  claimFile,
  removeLeftovers,
} from "../../../bench/native/claimed_file.ts";
import { inFolder } from "../lab_in_process.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

Deno.test("removeLeftovers() leaves what somebody holds, and takes the rest", async () => {
  await inFolder(async (folder) => {
    const held = await claimFile(folder, "build", "claim");
    const heldBuild = held.path.replace(/\.claim$/, "");
    await Deno.mkdir(heldBuild);
    const dead = await claimFile(folder, "build", "claim");
    const deadBuild = dead.path.replace(/\.claim$/, "");
    await Deno.mkdir(deadBuild);
    await Deno.writeTextFile(`${deadBuild}/path.c`, "");
    // As the system closes the files of a process that is killed.
    dead.file.close();
    const load = await claimFile(folder, "load", "so");
    load.file.close();
    await Deno.writeTextFile(`${folder}/${"0".repeat(40)}.so`, "");
    await Deno.writeTextFile(`${folder}/mine.txt`, "");
    await removeLeftovers(folder);
    assertEquals(
      await namesIn(folder),
      [held.path, heldBuild, `${folder}/${"0".repeat(40)}.so`]
        .map((path) => path.slice(folder.length + 1)).concat("mine.txt").sort(),
    );
    held.file.close();
    await removeLeftovers(folder);
    assertEquals(await namesIn(folder), [`${"0".repeat(40)}.so`, "mine.txt"]);
  });
});

Deno.test("removeLeftovers() takes builds of older labs after an hour", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/build-new`);
    await Deno.mkdir(`${folder}/build-old`);
    const then = new Date(Date.now() - 2 * 3_600_000);
    await Deno.utime(`${folder}/build-old`, then, then);
    await removeLeftovers(folder);
    assertEquals(await namesIn(folder), ["build-new"]);
  });
});

Deno.test("a process that is killed gives its claim up", async () => {
  await inFolder(async (folder) => {
    const module = new URL(
      "../../../bench/native/claimed_file.ts",
      import.meta.url,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-lock",
        `const { claimFile } = await import(${JSON.stringify(module.href)});
        await claimFile(Deno.args[0], "load", "so");
        console.log("held"); setInterval(() => {}, 1000);`,
        folder,
      ],
      cwd: new URL("../../../", import.meta.url),
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await removeLeftovers(folder);
    assertEquals((await namesIn(folder)).length, 1);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await removeLeftovers(folder);
    assertEquals(await namesIn(folder), []);
  });
});
