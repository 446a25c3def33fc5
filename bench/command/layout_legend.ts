/**
 * Where each layout comes from: who proposed it, when, and the mail in the
 * kernel's archive, for `lab layouts`.
 */
import type { Layout, Source } from "../../layouts/layout.ts";

const NAME_COLUMNS = 24;
const DATE_COLUMNS = 12;
const LINE_COLUMNS = 80;

/** Says where layouts come from, each once, as rows for JSON. */
export function legendRows(layouts: readonly Layout[]) {
  return layouts.map(({ name, family, title, source }) => {
    // The date is empty for a struct of the user's own.
    const { author, date, subject, url } = source;
    const messageId = messageIdOf(source);
    return { name, family, title, author, date, subject, url, messageId };
  });
}

/**
 * Prints the same: a line per layout, and its mail below it.
 *
 * @returns Lines of at most 80 columns.
 */
export function formatLegend(layouts: readonly Layout[]): string {
  const line = (name: string, date: string, author: string) =>
    name.padEnd(NAME_COLUMNS) + date.padEnd(DATE_COLUMNS) + author;
  return [
    "Where each layout comes from",
    "",
    line("layout", "date", "proposed by, and the mail or its thread"),
    ...layouts.flatMap(({ name, source, title }) => {
      const { author, date, subject, url } = source;
      // A struct of the user's own is of no mail; its title has its file.
      if (date === "") return [line(name, "-", title)];
      if (url === undefined) return [line(name, date, `${author}, ${subject}`)];
      return [line(name, date, author), `  ${whereToRead(url)}`];
    }),
  ].join("\n") + "\n";
}

/**
 * Says where a mail is read.
 *
 * @returns The address or, where that is too long for a line after two or three
 * columns, the Message-ID.
 */
export function whereToRead(url: string): string {
  if (url.length <= LINE_COLUMNS - " * ".length) return url;
  return `Message-ID ${messageIdOf({ url })}`;
}

/** https://lore.kernel.org/r/MESSAGE-ID */
function messageIdOf({ url }: Pick<Source, "url">): string | undefined {
  return url?.slice(url.lastIndexOf("/") + 1);
}
