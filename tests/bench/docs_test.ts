import { assert, assertEquals } from "@std/assert";
import { docBlocks, renderBlock } from "../../bench/docs.ts";

const README = await Deno.readTextFile(
  new URL("../../README.md", import.meta.url),
);

Deno.test("docBlocks() tells exact blocks from measured ones", () => {
  const page = "<!-- lab run --rounds 0 -->\n1\n<!-- end -->\n" +
    "<!-- lab run --workload x -->\n2\n<!-- end -->\n" +
    "<!-- lab layouts -->\n3\n<!-- end -->\n";
  assertEquals(
    docBlocks(page).map(({ args, measured }) => [args[0], measured]),
    [
      ["run", false],
      ["run", true],
      ["layouts", false],
    ],
  );
});

Deno.test("README shows what its exact commands print", async () => {
  const blocks = docBlocks(README).filter(({ measured }) => !measured);
  assert(blocks.length >= 2);
  for (const block of blocks) {
    assertEquals(await renderBlock(block), block.text);
  }
});
