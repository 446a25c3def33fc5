import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { layouts } from "../../layouts/registry.ts";
import { TRACE_FORMATS } from "../../sim/workload/trace_formats.ts";
import { commands } from "../../bench/command/registry.ts";
import { DOC_PAGES, docBlocks, renderBlock } from "../../bench/docs.ts";
import { markdownPages, projectPath, ROOT } from "../project_files.ts";
import { lab } from "./lab_in_process.ts";

const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** Commands of a page, without their comments. */
function shellLines(page: string): string[] {
  return [...page.matchAll(/^```sh\n([^]*?)^```$/gm)]
    .flatMap(([, text = ""]) => text.trim().split("\n"))
    .map((line) => line.replace(/\s+#.*$/, ""));
}

/** Rows of the tables of a page whose first cell is code. */
async function tableRows(path: string): Promise<string[][]> {
  const page = await Deno.readTextFile(new URL(path, ROOT));
  return page.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("docBlocks() tells exact blocks from measured ones", () => {
  const page = "<!-- lab run --rounds 0 -->\n1\n<!-- end -->\n" +
    "<!-- lab run --workload x -->\n2\n<!-- end -->\n" +
    "<!-- lab layouts -->\n3\n<!-- end -->\n" +
    "<!-- table layouts -->\n4\n<!-- end -->\n";
  assertEquals(
    docBlocks(page).map(({ kind, args, measured }) => [
      ...[kind, args[0], measured],
    ]),
    [
      ["lab", "run", false],
      ["lab", "run", true],
      ["lab", "layouts", false],
      ["table", "layouts", false],
    ],
  );
});

for (const page of DOC_PAGES) {
  Deno.test(`${projectPath(page)} shows what its commands print`, async () => {
    const blocks = docBlocks(await Deno.readTextFile(page));
    // Every page of today could be made anywhere; a timed block would not be.
    assertEquals(blocks.filter(({ measured }) => measured), []);
    for (const block of blocks) {
      assertEquals(await renderBlock(block), block.text);
    }
  });
}

Deno.test("the pages that are made are all that have such blocks", async () => {
  const having: string[] = [];
  for (const page of await markdownPages()) {
    const text = await Deno.readTextFile(page);
    if (docBlocks(text).length > 0) having.push(projectPath(page));
  }
  const made = DOC_PAGES.map(projectPath);
  assertEquals(having.filter((path) => !made.includes(path)), []);
  for (
    const path of [
      ...["README.md", "layouts/README.md", "bench/results/README.md"],
      ...["bench/guide/answer_a_mail.md", "bench/own/trace.md"],
    ]
  ) assert(having.includes(path), path);
});

Deno.test("an unknown table is an error that names those there are", async () => {
  const [block] = docBlocks("<!-- table layout -->\n<!-- end -->\n");
  assert(block !== undefined);
  await assertRejects(
    () => renderBlock(block),
    RangeError,
    'Cannot make the table "layout": found no such name, expected one of ' +
      "layouts, patched, formats, timing, targets, cold caches",
  );
});

Deno.test("each page of bench/own has commands, and they run", async () => {
  const pages = DOC_PAGES.filter((page) =>
    projectPath(page).startsWith("bench/own/")
  );
  assertEquals(pages.length, 5);
  for (const page of pages) {
    const commands = shellLines(await Deno.readTextFile(page));
    assert(commands.length > 0, page.pathname);
    for (const command of commands) {
      const [deno, task, name, ...words] = command.split(" ");
      assertEquals([deno, task, name], ["deno", "task", "lab"], command);
      const { status, out, err } = await lab([...words, "--quiet"]);
      assertEquals([status, err], [0, ""], command);
      assert(out.length > 0, command);
    }
  }
});

Deno.test("each command of README runs, and the test command is the task", async () => {
  const commands = shellLines(README);
  assert(commands.length >= 6);
  const pin = /^npx -y deno@2\.\d+\.\d+ /;
  assertEquals(commands.filter((command) => pin.test(command)).length, 2);
  const tests = commands.filter((command) => command.endsWith(" task test"));
  assertEquals(tests.length, 1);
  for (const command of commands.filter((one) => !tests.includes(one))) {
    const [deno, task, name, ...words] = command.replace(pin, "deno ")
      .split(" ");
    assertEquals([deno, task, name], ["deno", "task", "lab"], command);
    // A few I/Os of one layout, untimed, say as well that it runs; the screen
    // of README is of the default workloads.
    const few = words.includes("--help") ? [] : [
      ...["--layout", "phys_flags", "--ios", "8", "--rounds", "0"],
      ...["--cpu", "none", "--quiet"],
      ...(words.includes("--workload") ? [] : ["--workload", "4k-hot"]),
    ];
    const { status, out, err } = await lab([...words, ...few]);
    assertEquals([status, err], [0, ""], command);
    assert(out.length > 0, command);
  }
});

Deno.test("README shows two charts of the study, beside its page", () => {
  const charts = [
    ...README.matchAll(/!\[[^\]]+\]\(bench\/results\/\w[^)]*\.svg\)/g),
  ];
  assertEquals(charts.length, 2);
});

Deno.test("bench/guide/options.md has a row for each command", async () => {
  const rows = await tableRows("bench/guide/options.md");
  assertEquals(
    rows.map(([first]) => first).sort(),
    commands.map(({ name }) => `\`lab ${name}\``).sort(),
  );
});

Deno.test("bench/own/trace.md lists every trace format with where it comes from", async () => {
  const rows = await tableRows("bench/own/trace.md");
  for (const { id, name, origin } of TRACE_FORMATS) {
    const row = rows.find(([first]) => first === `\`${id}\``);
    assertEquals(row?.slice(1, 3), [name, origin], id);
  }
});

Deno.test("layouts/README.md explains every layout, with who, when and where", async () => {
  const rows = await tableRows("layouts/README.md");
  assertEquals(rows.length, layouts.length);
  for (const { name, title, source } of layouts) {
    const row = rows.find(([first]) => first === `\`${name}\``);
    assertEquals(row?.slice(1, 4), [title, source.author, source.date], name);
    const where = source.url ?? source.subject;
    assert(row?.[4]?.includes(where), `${name}: ${row?.[4]}`);
    if (source.url === undefined) continue;
    // A Message-ID, in the words and in the address.
    assertMatch(
      row?.[4] ?? "",
      /^\[`[^`@ ]+@[^`@ ]+`\]\(https:\/\/lore\.kernel\.org\/r\//,
    );
  }
});
