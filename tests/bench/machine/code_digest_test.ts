import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import { codeDigest } from "../../../bench/machine/code_digest.ts";
import { inFolder } from "../lab_in_process.ts";

Deno.test("codeDigest() changes with code and with nothing else", async () => {
  await inFolder(async (folder) => {
    const root = toFileUrl(`${folder}/`);
    const write = async (path: string, text: string) => {
      const to = `${folder}/${path}`;
      await Deno.mkdir(to.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(to, text);
    };
    await write("sim/a.ts", "1");
    await write("bench/native/path/b.h", "2");
    await write("deno.json", "{}");
    const digest = await codeDigest(root);
    assertMatch(digest ?? "", /^[0-9a-f]{64}$/);
    // What runs write, and what is no part of them.
    await write("bench/results/study.json", "3");
    await write("out.json", "4");
    await write("tests/a.ts", "5");
    await write("README.md", "6");
    assertEquals(await codeDigest(root), digest);
    for (
      const [path, text] of [
        ["sim/a.ts", "x"],
        ["bench/native/path/b.h", "x"],
        ["layouts/deep/er/c.ts", "new"],
        ["bench/data/x.iolog", "new"],
        ["sim/kernel/recorded/k.json", "new"],
        ["deno.lock", "new"],
      ] as const
    ) {
      const before = await codeDigest(root);
      await write(path, text);
      assertNotEquals(await codeDigest(root), before, path);
    }
    // The same bytes under another name are other code.
    const before = await codeDigest(root);
    await Deno.rename(`${folder}/sim/a.ts`, `${folder}/sim/b.ts`);
    assertNotEquals(await codeDigest(root), before);
  });
});

Deno.test("codeDigest() is null for code that is not on this machine", async () => {
  assertEquals(await codeDigest(new URL("https://example.com/lab/")), null);
});
