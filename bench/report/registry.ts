/**
 * All exporters. Adding one is: its file, its test, one line here.
 */
import { csv } from "./csv.ts";
import type { Exporter } from "./exporter.ts";
import { json } from "./json.ts";
import { mail } from "./mail.ts";
import { markdown } from "./markdown.ts";
import { text } from "./text.ts";

/** The exporters, in the order in which the help lists them. */
export const exporters: readonly Exporter[] = [
  text,
  mail,
  markdown,
  csv,
  json,
];
