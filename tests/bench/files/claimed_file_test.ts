import { assertEquals, assertMatch } from "@std/assert";
import {
  claimFile,
  removeLeftovers,
} from "../../../bench/files/claimed_file.ts";
import { inFolder } from "../lab_in_process.ts";

const KIND = { prefix: ".part-", ending: ".x" };

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

Deno.test("removeLeftovers() takes files of its kind that nobody holds", async () => {
  await inFolder(async (folder) => {
    const held = await claimFile(folder, KIND);
    assertMatch(held.path, /\/\.part-[0-9a-f-]{36}\.x$/);
    const dead = await claimFile(folder, KIND);
    dead.file.close();
    await Deno.writeTextFile(`${folder}/.part-mine.x`, "");
    await Deno.writeTextFile(`${folder}/other`, "");
    await removeLeftovers(folder, [KIND]);
    const name = held.path.slice(folder.length + 1);
    assertEquals(await namesIn(folder), [name, ".part-mine.x", "other"].sort());
    held.file.close();
    await removeLeftovers(folder, [{ prefix: ".part-" }]);
    assertEquals((await namesIn(folder)).length, 3);
    await removeLeftovers(folder, [KIND]);
    assertEquals(await namesIn(folder), [".part-mine.x", "other"]);
  });
});

Deno.test("a process that is killed gives its claim up", async () => {
  await inFolder(async (folder) => {
    const module = new URL(
      "../../../bench/files/claimed_file.ts",
      import.meta.url,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-lock",
        `const { claimFile } = await import(${JSON.stringify(module.href)});
        await claimFile(Deno.args[0], { prefix: ".part-", ending: ".x" });
        console.log("held"); setInterval(() => {}, 1000);`,
        folder,
      ],
      cwd: new URL("../../../", import.meta.url),
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await removeLeftovers(folder, [KIND]);
    assertEquals((await namesIn(folder)).length, 1);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await removeLeftovers(folder, [KIND]);
    assertEquals(await namesIn(folder), []);
  });
});
