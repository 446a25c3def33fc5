/**
 * The tables of the pages that are made of registries: a layout or a trace
 * format that is registered is in them after `deno task docs`.
 */
import type { Source } from "../layouts/layout.ts";
import { layouts } from "../layouts/registry.ts";
import { TRACE_FORMATS } from "../sim/workload/trace_formats.ts";

/** Tables by the name that their block has. */
export const DOC_TABLES: Readonly<Record<string, () => string>> = {
  layouts: () =>
    markdownTable([
      ["layout", "what a segment is", "author", "date", "Message-ID or file"],
      ...layouts.map(({ name, title, source }) => [
        `\`${name}\``,
        title,
        source.author,
        source.date,
        whereToRead(source),
      ]),
    ]),
  formats: () =>
    markdownTable([
      ["`--format`", "format", "where it comes from"],
      ...TRACE_FORMATS.map(({ id, name, origin }) => [
        `\`${id}\``,
        name,
        origin,
      ]),
    ]),
};

/** A mail by its Message-ID, linked to the archive; a file by its path. */
function whereToRead({ url, subject }: Source): string {
  if (url === undefined) return `\`${subject}\``;
  return `[\`${url.slice(url.lastIndexOf("/") + 1)}\`](${url})`;
}

/** A table as `deno fmt` leaves it: columns as wide as their widest cell. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width)))]
    .concat(body.map(line)).join("\n");
}
