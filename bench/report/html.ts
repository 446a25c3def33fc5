/**
 * One page without anything from outside: the answer, the layouts byte by byte,
 * charts with their tables, the environment, the command, and the data.
 */
import { downloadLink } from "../draw/download.ts";
import { markupText, nameFrom } from "../draw/markup.ts";
import { page, type PagePart } from "../draw/page.ts";
import { plural } from "../../sim/text/plural.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import type { Exporter } from "./exporter.ts";
import {
  type Draw,
  drawBlock,
  HtmlBlocks,
  type PicturedBlock,
} from "./html_blocks.ts";
import { json } from "./json.ts";
import {
  type DocumentPart,
  pageDocument,
  type PageOptions,
} from "./page_document.ts";
import { pictureFile } from "../draw/picture.ts";

/** The data of a page may take so much of it, in characters. */
const MOST_DATA = 1_000_000;

/** A page; drawing it takes a moment. */
export const html: Exporter<Promise<string>> = {
  name: "html",
  description: "one self-contained page with charts",
  render: (result, options) => renderPage(result, options),
};

export async function renderPage(
  result: LabResult,
  options: PageOptions = {},
  draw?: Draw,
): Promise<string> {
  return await writePage({
    title: "bvec-lab: how layouts of bio_vec compare",
    lead: leadOf(result),
    parts: pageDocument(result, options),
    data: await dataOf(result),
  }, draw);
}

export interface PageDocument {
  readonly title: string;
  readonly lead: string;
  readonly parts: readonly DocumentPart[];
  /** Markup of the links to the data, and what is said of them. */
  readonly data: string;
}

export async function writePage(
  { title, lead, parts, data }: PageDocument,
  draw?: Draw,
): Promise<string> {
  const blocks = new HtmlBlocks(draw);
  const written: PagePart[] = [];
  for (const { heading, sections, isBelow } of parts) {
    written.push({
      id: blocks.id(heading),
      heading,
      body: await blocks.sections(sections),
      isBelow,
    });
  }
  return page({
    title,
    lead,
    parts: [
      ...written,
      { id: blocks.id("data"), heading: "Data", body: data },
    ],
  });
}

/**
 * Draws all pictures of a document, each as a file of its own.
 *
 * @returns Names of files, with their text.
 */
export async function pictureFiles(
  parts: readonly DocumentPart[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const blocks = parts.flatMap(({ sections }) => sections.flat()).filter((
    block,
  ): block is PicturedBlock =>
    block.kind === "chart" || block.kind === "drawing"
  );
  for (const block of blocks) {
    const base = nameFrom(block.name);
    let name = `${base}.svg`;
    for (let n = 2; files.has(name); n++) name = `${base}-${n}.svg`;
    const picture = await drawBlock(block, "picture");
    files.set(name, pictureFile(picture, block));
  }
  return files;
}

function leadOf({ tool, seed, cells, environment }: LabResult): string {
  const date = environment.date;
  return `${tool.name} ${tool.version}, ${
    plural(cells.length, "cell")
  }, seed ` +
    `${seed}${typeof date === "string" ? `, ${date}` : ""}`;
}

/** The result itself; without single samples where it would be too long. */
async function dataOf(result: LabResult): Promise<string> {
  const text = (of: LabResult) => json.render(of);
  const whole = await downloadLink("bvec-lab-result.json", text(result));
  if (whole.length <= MOST_DATA) {
    return "<p>All that this page was made from; <code>lab compare</code>, " +
      `<code>lab report</code> and other programs read it.</p>\n${whole}`;
  }
  const short = await downloadLink(
    "bvec-lab-result.json",
    text({ ...result, cells: result.cells.map(withoutSamples) }),
  );
  return "<p>What this page was made from, without the single samples and " +
    "the batches of warm-ups, which would be too long for a page.</p>\n" +
    (short.length <= MOST_DATA
      ? short
      : `<p>${
        markupText("Even so it is too long: keep the result's file.")
      }</p>`);
}

function withoutSamples(cell: ResultCell): ResultCell {
  return {
    ...cell,
    layouts: cell.layouts.map(({ samples: _, warmUps: __, ...layout }) =>
      layout
    ),
  };
}
