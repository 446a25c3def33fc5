import { assert, assertEquals } from "@std/assert";
import { layouts } from "../../layouts/registry.ts";
import { TRACE_FORMATS } from "../../sim/workload/trace_formats.ts";
import { docBlocks, PAGES, renderBlock } from "../../bench/docs.ts";
import { lab } from "./lab_in_process.ts";

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

Deno.test("each page of bench/own shows what its commands print, and they run", async () => {
  const [readme, ...pages] = PAGES;
  assert(readme?.pathname.endsWith("README.md"));
  assertEquals(pages.length, 5);
  for (const path of pages) {
    const page = await Deno.readTextFile(path);
    for (const block of docBlocks(page)) {
      assertEquals(block.measured, false);
      assertEquals(await renderBlock(block), block.text);
    }
    const blocks = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)];
    const commands = blocks.flatMap(([, text = ""]) => text.trim().split("\n"));
    assert(commands.length > 0, path.pathname);
    for (const command of commands) {
      const [deno, task, name, ...words] = command.split(" ");
      assertEquals([deno, task, name], ["deno", "task", "lab"], command);
      const { status, out, err } = await lab([...words, "--quiet"]);
      assertEquals([status, err], [0, ""], command);
      assert(out.length > 0, command);
    }
  }
});

Deno.test("README lists every trace format with where it comes from", () => {
  const rows = README.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  for (const { id, name, origin } of TRACE_FORMATS) {
    const row = rows.find(([, first]) => first === `\`${id}\``);
    assertEquals(row?.slice(2, 4), [name, origin], id);
  }
});

Deno.test("README explains every layout, with where it comes from", () => {
  const rows = README.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  for (const { name, title, source } of layouts) {
    const row = rows.find(([, first]) => first === `\`${name}\``);
    assertEquals(row?.[2], title, name);
    const where = source.url ?? source.subject;
    assert(row?.[3]?.includes(where), `${name}: ${row?.[3]}`);
  }
});
