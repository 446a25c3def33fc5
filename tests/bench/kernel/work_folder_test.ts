import { assertEquals, assertRejects } from "@std/assert";
import { dirname } from "@std/path";
import { inWorkFolder } from "../../../bench/kernel/work_folder.ts";

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("inWorkFolder() removes its folder, whatever the work does", async () => {
  const folders: string[] = [];
  const given = await inWorkFolder(async (folder) => {
    folders.push(folder);
    await Deno.writeTextFile(`${folder}/ram`, "x");
    return 7;
  });
  assertEquals(given, 7);
  await assertRejects(
    () =>
      inWorkFolder((folder) => {
        folders.push(folder);
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  for (const folder of folders) assertEquals(await isThere(folder), false);
});

Deno.test("inWorkFolder() removes what a killed run left, and nobody's who works", async () => {
  await inWorkFolder(async (own) => {
    // As a run leaves it whose process ended without a word.
    const left = await Deno.makeTempDir({
      dir: dirname(own),
      prefix: "bvec-lab-kernel-",
    });
    await Deno.writeTextFile(`${left}/claim`, "");
    await Deno.writeTextFile(`${left}/ram`, "x");
    // One that has only begun has no claim yet.
    const begun = await Deno.makeTempDir({
      dir: dirname(own),
      prefix: "bvec-lab-kernel-",
    });
    const kept = await Deno.makeTempDir({ prefix: "bvec-lab-test-" });
    const link = `${dirname(own)}/bvec-lab-kernel-${crypto.randomUUID()}`;
    await Deno.writeTextFile(`${kept}/claim`, "");
    await Deno.symlink(kept, link);
    try {
      await inWorkFolder(() => Promise.resolve());
      assertEquals(await isThere(left), false);
      assertEquals(await isThere(own), true);
      assertEquals(await isThere(begun), true);
      assertEquals(await isThere(`${kept}/claim`), true);
    } finally {
      await Deno.remove(link);
      await Deno.remove(begun);
      await Deno.remove(kept, { recursive: true });
    }
  });
});
