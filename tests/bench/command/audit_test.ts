import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { auditedNames } from "../../../bench/source_audit/names.ts";
import {
  auditJsonSchema,
  type AuditResult,
} from "../../../bench/source_audit/result.ts";
import { docBlocks, renderBlock } from "../../../bench/docs.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const SAMPLE = new URL("../../data/audit", import.meta.url).pathname;

async function audited(...more: string[]): Promise<AuditResult> {
  const { status, out, err } = await lab([
    "audit",
    SAMPLE,
    "--json",
    "-",
    ...more,
  ]);
  assertEquals({ status, err }, { status: 0, err: "" });
  return JSON.parse(out);
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((a, b) => a + b, 0);

Deno.test("lab audit counts what gcc and grep count in the samples", async () => {
  // for f in *.[ch]; do gcc -fpreprocessed -dD -E -P -x c $f |
  //   sed -E 's/"(\\.|[^"\\])*"/""/g'; done | grep -ow NAME | wc -l
  // gives 67 bv_page for the four other files; the 4 of quotes.c are counted
  // by hand, because that sed takes the quote of '"' for one of a string.
  const { total } = await audited();
  const found = Object.fromEntries(
    Object.entries(total).filter(([, count]) => count > 0),
  );
  assertEquals(found, {
    bv_page: 71,
    bvec_iter_page: 2,
    mp_bvec_iter_page: 1,
    bio_page: 3,
    bio_first_page_all: 1,
    bvec_virt: 1,
    bvec_kmap_local: 1,
    memcpy_from_bvec: 1,
    bvec_set_page: 1,
    page_to_phys: 5,
    kmap: 3,
    kmap_atomic: 2,
    kmap_local_page: 6,
    sg_set_page: 1,
  });
  assertEquals(Object.keys(total), auditedNames.map(({ name }) => name));
});

Deno.test("lab audit loses no use between its parts", async () => {
  const result = await audited();
  const { total, kinds, directories, uses, notUnderstood, ofBvec } = result;
  assertEquals(uses.length, sum(total));
  assertEquals(uses.length, sum(kinds));
  assertEquals(directories, {
    ".": { uses: uses.length, ofBvec: sum(ofBvec), kinds },
  });
  assertEquals(notUnderstood.length, kinds.not_understood);
  // The member and what gives it out, each once.
  assertEquals(sum(result.conversion), 71 + 2 + 1 + 3 + 1);
  const text = await Deno.readTextFile(`${SAMPLE}/flow.c`);
  for (const use of uses.filter(({ file }) => file === "flow.c")) {
    const line = text.split("\n")[use.line - 1] ?? "";
    assertEquals(line.trim(), use.text);
    assertEquals(line.slice(use.column - 1).startsWith(use.name), true);
    assertEquals(use.kinds[0], use.kind);
  }
  assertEquals(
    uses.filter(({ through }) => through.length > 1).map((use) => [
      use.line,
      use.function,
      use.kind,
      use.through,
    ]),
    [
      [29, "variables", "mapping", ["page", "copy_out(page)"]],
      [38, "variables", "mapping", ["outer(pg)", "copy_out(page)"]],
    ],
  );
});

Deno.test("auditJsonSchema() equals the committed file", async () => {
  // After a wanted change: deno task docs
  const file = new URL(
    "../../../bench/source_audit/audit.schema.json",
    import.meta.url,
  );
  const schema = JSON.parse(JSON.stringify(auditJsonSchema()));
  assertEquals(JSON.parse(await Deno.readTextFile(file)), schema);
  const result = await audited();
  assertEquals(Object.keys(result), Object.keys(schema.properties));
  assertEquals(schema.required, Object.keys(schema.properties));
});

Deno.test("lab audit writes 80 columns and lists kinds with their places", async () => {
  const { out } = await lab([
    "audit",
    SAMPLE,
    "--details",
    "--list",
    "all",
  ]);
  for (const line of out.split("\n")) assert(line.length <= 80, line);
  assertStringIncludes(
    out,
    "\nP2P check: 1 use\nkinds.c:47\n    bv_page: asks what memory it is\n",
  );
  assertStringIncludes(
    out,
    "\nflow.c:38\n    bv_page: maps it into the kernel; through outer(pg), " +
      "copy_out(page)\n",
  );
});

Deno.test("lab audit writes a file, and nothing in its place when refused", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/audit.json`;
    assertEquals((await lab(["audit", SAMPLE, "--json", file])).status, 0);
    const written = await Deno.readTextFile(file);
    assertEquals(JSON.parse(written).kernel, {
      version: "6.19.0-sample",
      directory: "",
    });
    const again = await lab(["audit", SAMPLE, "--json", file]);
    assertEquals([again.status, again.out], [2, ""]);
    assertStringIncludes(again.err, "the file exists");
    const none = await lab(["audit", folder]);
    assertEquals([none.status, none.out], [2, ""]);
    assertStringIncludes(none.err, `lab: Cannot audit "${folder}": `);
    const kind = await lab(["audit", SAMPLE, "--list", "page-state"]);
    assertEquals([kind.status, kind.out], [2, ""]);
    assertStringIncludes(kind.err, 'Cannot find kind of use "page-state"');
    assertStringIncludes(kind.err, '(nearest: "page_state")');
  });
});

Deno.test("lab audit tells what it has when it is interrupted", async () => {
  const abort = new AbortController();
  abort.abort();
  const { status, out } = await lab(
    ["audit", SAMPLE, "--json", "-"],
    abort.signal,
  );
  assertEquals(status, 130);
  const { interrupted, uses } = JSON.parse(out);
  assertEquals({ interrupted, uses }, { interrupted: true, uses: [] });
});

Deno.test("the page on lab audit shows what it prints", async () => {
  const page = await Deno.readTextFile(
    new URL("../../../bench/source_audit/README.md", import.meta.url),
  );
  const blocks = docBlocks(page);
  assertEquals(blocks.length, 1);
  for (const block of blocks) {
    assertEquals(await renderBlock(block), block.text);
  }
});
