/**
 * Figures that pages quote in their sentences: they are those of the tables and
 * records that they are taken from.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";

/** A page as one line, so that it does not matter where it is wrapped. */
async function page(path: string): Promise<string> {
  const text = await Deno.readTextFile(
    new URL(`../../${path}`, import.meta.url),
  );
  return text.replaceAll(/\s+/g, " ");
}

/** The cells of a layout's first row behind a heading of the results. */
async function row(heading: string, layout: string): Promise<string[]> {
  const url = new URL("../../bench/results/README.md", import.meta.url);
  const lines = (await Deno.readTextFile(url)).split("\n");
  const from = lines.findIndex((line) => line.startsWith(heading));
  const found = lines.slice(from).find((line) => line.startsWith(`${layout} `));
  return found?.trim().split(/\s+/) ?? [];
}

Deno.test("options: what compilers make of len31_p2p is what the study has", async () => {
  const [, , , , , gcc, clang] = await row("128k by page", "len31_p2p");
  assertStringIncludes(
    await page("bench/guide/options.md"),
    `gcc's \`len31_p2p\` takes ${Number(gcc).toFixed(1)} of the time, and ` +
      `clang's ${clang} in`,
  );
});

Deno.test("results: lines of 128 KiB are those of the table below", async () => {
  const heading = "exact, per I/O  B/seg";
  const [, , , mainline] = await row(heading, "page_offset");
  const [, bytes, , packed] = await row(heading, "phys_packed");
  assertEquals(bytes, "12");
  assertStringIncludes(
    await page("bench/results/README.md"),
    `a packed 12-byte layout touches ${packed} cache lines of bio_vecs where ` +
      `mainline touches ${mainline}, and`,
  );
});
