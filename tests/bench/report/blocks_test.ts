import { assert, assertEquals } from "@std/assert";
import {
  type Block,
  charted,
  type FigureColumn,
  table,
  tableOf,
} from "../../../bench/report/blocks.ts";
import { csvFields } from "../../../bench/report/csv.ts";
import { HtmlBlocks } from "../../../bench/report/html_blocks.ts";
import { markdownBlock } from "../../../bench/report/markdown.ts";
import { plainSections } from "../../../bench/report/plain_blocks.ts";

const COLUMN: FigureColumn<string> = {
  header: "figures",
  left: true,
  cell: (name) => name,
  fields: (name) => [["figure", name]],
};

const tableSaying = (word: string) => {
  const [block] = table([COLUMN], [word], () => "phys_len");
  assert(block?.kind === "table");
  return block;
};

const SPEC = {
  data: { values: [{ a: 1 }] },
  mark: "point",
  encoding: { x: { field: "a", type: "quantitative" } },
};

/** One block of each kind, and a word in it; a kind that is missing is no type. */
const KINDS: {
  readonly [Kind in Block["kind"]]: Extract<Block, { kind: Kind }>;
} = {
  heading: { kind: "heading", text: "word-heading" },
  prose: { kind: "prose", key: "said", text: "word-prose" },
  warning: {
    kind: "warning",
    warning: { code: "busy", message: "word-warning", hint: "wait" },
  },
  command: { kind: "command", words: ["deno", "word-command"] },
  listing: { kind: "listing", key: "steps", lines: ["", "  word-listing"] },
  table: tableSaying("word-table"),
  chart: {
    ...{ kind: "chart", name: "a-chart", title: "t", description: "d" },
    spec: SPEC,
    table: tableSaying("word-chart"),
  },
  drawing: {
    ...{ kind: "drawing", name: "a-drawing", title: "t", description: "d" },
    drawing: { widthPx: 1, heightPx: 1, shapes: [] },
    table: tableSaying("word-drawing"),
  },
};

Deno.test("every kind of block is in every format", async () => {
  for (const [kind, block] of Object.entries(KINDS)) {
    const word = `word-${kind}`;
    const plain = plainSections([[block]], { width: 72 }).join("\n");
    assert(plain.includes(word), `text of ${kind}: ${plain}`);
    const markdown = markdownBlock(block).replaceAll("\\", "");
    assert(markdown.includes(word), `Markdown of ${kind}: ${markdown}`);
    const html = await new HtmlBlocks().sections([[block]]);
    assert(html.includes(word), `HTML of ${kind}: ${html}`);
    // What heads a cell is in the key of its lines.
    if (kind === "heading") continue;
    const csv = csvFields([block], "phys_len").map(([, value]) => value);
    assert(
      csv.some((value) => String(value).includes(word)),
      `CSV of ${kind}: ${csv}`,
    );
  }
});

Deno.test("a picture of a page has a title, a description and its table", async () => {
  const blocks = new HtmlBlocks();
  for (const block of [KINDS.chart, KINDS.drawing, KINDS.chart]) {
    const html = await blocks.sections([[block]]);
    assert(
      /<svg [^>]*role="img"[^>]*><title id="([^"]+)">t<\/title>/.test(html),
    );
    assert(html.includes(`<details><summary>Table: t</summary>`), html);
    assert(html.includes('<th scope="col"'), html);
    assert(html.includes('<th scope="row"'), html);
  }
  // No id stands twice on a page.
  assertEquals(blocks.id("a-chart"), "a-chart-3");
});

Deno.test("charted() draws a table, and leaves what cannot be drawn", () => {
  const chart = { name: "n", title: "t", description: "d", spec: SPEC };
  const [drawn] = charted([KINDS.table], chart);
  assertEquals(drawn?.kind, "chart");
  assert(drawn !== undefined && tableOf(drawn) === KINDS.table);
  assertEquals(
    charted([KINDS.table], { ...chart, spec: undefined }),
    [KINDS.table],
  );
  assertEquals(charted([], chart), []);
  assertEquals(tableOf(KINDS.prose), undefined);
});
