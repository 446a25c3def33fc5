/**
 * Blocks as HTML: tables with heads for screen readers, pictures with a title,
 * a description and their table, commands that can be copied.
 */
import { drawChart } from "../draw/chart_svg.ts";
import { drawShapes } from "../draw/drawing.ts";
import { markupText, nameFrom } from "../draw/markup.ts";
import { inlinePicture, type Picture } from "../draw/picture.ts";
import type {
  Block,
  ChartBlock,
  DrawingBlock,
  Section,
  TableBlock,
} from "./blocks.ts";
import { leastOf } from "../text/extremes.ts";
import { commandLines } from "../text/shell_words.ts";

export type PicturedBlock = ChartBlock | DrawingBlock;

/** Draws a picture; what a test may put another thing in the place of. */
export type Draw = (block: PicturedBlock, id: string) => Promise<Picture>;

/** Texts of more characters are broken into lines. */
const LONG = 40;
const COMMAND_WIDTH = 90;
/** Columns of a table that fit on paper unchanged. */
const MOST_ON_PAPER = 14;
/** Characters of its headings that do, where they break at spaces alone. */
const WIDEST_ON_PAPER = 100;
/** Characters of a figure in a table: a page has room. */
const FIGURE_WIDTH = 8;

/**
 * Draws a block.
 *
 * @param id Unlike that of every other picture of the page.
 */
export async function drawBlock(
  block: PicturedBlock,
  id: string,
): Promise<Picture> {
  return block.kind === "chart"
    ? await drawChart(block.spec)
    : drawShapes(block.drawing, id);
}

/** Writes the blocks of one page: ids of pictures are counted through it. */
export class HtmlBlocks {
  readonly #draw: Draw;
  readonly #ids = new Set<string>();

  constructor(draw: Draw = drawBlock) {
    this.#draw = draw;
  }

  /** Returns an id that no other part of the page has. */
  id(name: string): string {
    const base = nameFrom(name);
    for (let n = 1;; n++) {
      const id = n === 1 ? base : `${base}-${n}`;
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      return id;
    }
  }

  /**
   * Writes sections.
   *
   * @param sections The sections; headings in them are of the third level.
   */
  async sections(sections: readonly Section[]): Promise<string> {
    const written: string[] = [];
    for (const block of sections.flat()) written.push(await this.#block(block));
    return written.join("\n");
  }

  async #block(block: Block): Promise<string> {
    switch (block.kind) {
      case "heading":
        return `<h3>${markupText(block.text)}</h3>`;
      case "prose":
        return `<p>${markupText(block.text)}</p>`;
      case "warning": {
        const { code, message, hint } = block.warning;
        return `<p class="warning"><strong>Warning</strong> (${
          markupText(code)
        }): ${markupText(message)}; ${markupText(hint)}</p>`;
      }
      case "command":
        return scrolling(
          "Command",
          `<pre><code>${
            [
              ...(block.comment === undefined ? [] : [`# ${block.comment}`]),
              ...commandLines(block.words, { width: COMMAND_WIDTH }),
            ].map(markupText).join("\n")
          }</code></pre>`,
        );
      case "listing":
        return scrolling(
          block.lines[0] ?? "listing",
          `<pre>${dedented(block.lines).map(markupText).join("\n")}</pre>`,
        );
      case "table":
        return htmlTable(block);
      case "chart":
      case "drawing":
        return await this.#picture(block);
    }
  }

  async #picture(block: PicturedBlock): Promise<string> {
    const id = this.id(block.name);
    const picture = await this.#draw(block, id);
    return `<figure><figcaption>${markupText(block.title)}</figcaption>` +
      `<p class="reads">${markupText(block.description)}</p>` +
      scrolling(block.title, inlinePicture(picture, block, id)) +
      `<details><summary>Table: ${markupText(block.title)}</summary>` +
      `${htmlTable(block.table)}</details></figure>`;
  }
}

/** Whether a table with these headings fits on paper unchanged. */
function fitsPaper(headers: readonly string[]): boolean {
  const longestWord = (header: string) =>
    Math.max(...header.split(/\s+/).map((word) => word.length));
  const width = headers.reduce((sum, one) => sum + longestWord(one) + 2, 0);
  return headers.length <= MOST_ON_PAPER && width <= WIDEST_ON_PAPER;
}

/** What is wider than a small screen is moved by the keyboard as well. */
function scrolling(label: string, body: string): string {
  return `<div class="scroll" role="group" tabindex="0" aria-label="${
    markupText(label)
  }">${body}</div>`;
}

function htmlTable({ columns, rows }: TableBlock): string {
  const side = (left: boolean | undefined) => left ? ' class="left"' : "";
  const head = columns.map(({ header, left }) =>
    header === ""
      ? `<td${side(left)}></td>`
      : `<th scope="col"${side(left)}>${markupText(header)}</th>`
  );
  const body = rows.map((row) =>
    `<tr>${
      columns.map(({ cell, left }, i) => {
        const text = markupText(cell(row, FIGURE_WIDTH));
        if (left && text.length > LONG) {
          return `<td class="left long">${text}</td>`;
        }
        return i === 0 && text !== ""
          ? `<th scope="row"${side(left)}>${text}</th>`
          : `<td${side(left)}>${text}</td>`;
      }).join("")
    }</tr>`
  );
  // On paper nothing moves: such a table has narrower figures.
  const wide = fitsPaper(columns.map(({ header }) => header))
    ? ""
    : ' class="wide"';
  return scrolling(
    `Table: ${columns[0]?.header || "figures"}`,
    `<table${wide}><thead>${groupHeads(columns)}<tr>${
      head.join("")
    }</tr></thead><tbody>${body.join("")}</tbody></table>`,
  );
}

/** What neighbouring columns are of, above all of them. */
function groupHeads(columns: TableBlock["columns"]): string {
  const groups: { name: string; columns: number }[] = [];
  for (const { group = "" } of columns) {
    const last = groups.at(-1);
    if (last?.name === group) last.columns++;
    else groups.push({ name: group, columns: 1 });
  }
  if (groups.every(({ name }) => name === "")) return "";
  return `<tr>${
    groups.map(({ name, columns }) =>
      name === ""
        ? `<td colspan="${columns}"></td>`
        : `<th scope="colgroup" colspan="${columns}">${markupText(name)}</th>`
    ).join("")
  }</tr>`;
}

/** Lines without the blanks that all of them begin with. */
function dedented(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== "")
    .map((line) => line.length - line.trimStart().length);
  const least = leastOf(indents);
  return lines.map((line) => line.slice(least));
}
