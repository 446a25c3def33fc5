import { assertEquals, assertRejects } from "@std/assert";
import { readText } from "../../../bench/files/read_text.ts";
import { inFolder, lab } from "../lab_in_process.ts";

Deno.test("readText() reads a file whole, a character across parts too", async () => {
  await inFolder(async (folder) => {
    // Two bytes a character behind one byte: a border cuts one in two.
    const text = "x" + "é".repeat(70_000);
    await Deno.writeTextFile(`${folder}/t`, text);
    assertEquals(await readText(`${folder}/t`, 140_001), text);
    await assertRejects(
      () => readText(`${folder}/t`, 140_000),
      RangeError,
      "it is longer than 140000 bytes",
    );
  });
});

Deno.test("commands refuse a file that never ends", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  for (
    const [args, found] of [
      [["topology", "/dev/zero"], "it is longer than 16777216 bytes"],
      [["run", "--topology", "/dev/zero"], "it is longer than 16777216 bytes"],
      [["run", "--cpu", "/dev/zero"], "it is longer than 16777216 bytes"],
      [["run", "--workload", "/dev/zero"], 'found "\\x00\\x00'],
      [["cache", "/dev/zero", "--cpu", "zen4"], 'found "\\x00\\x00'],
    ] as const
  ) {
    const { status, err } = await lab(args);
    assertEquals([status, err.split("\n").length], [2, 2], err);
    assertEquals(err.includes(found), true, err);
  }
});
