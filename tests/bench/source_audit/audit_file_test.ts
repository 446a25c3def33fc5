import { assertEquals } from "@std/assert";
import { auditFile } from "../../../bench/source_audit/audit_file.ts";
import { kindNames } from "../../../bench/source_audit/kinds.ts";
import { cParser } from "../../../layouts/c_text/parser.ts";

const folder = new URL("../../data/audit/", import.meta.url);

/** Gives what `=>` says of each line of a sample, as `line: kind kind`. */
function expectedKinds(text: string): string[] {
  const known = `(?:${kindNames.join("|")})`;
  const mark = new RegExp(`=> (${known}(?: ${known})*)(?: \\*/.*)?$`);
  return text.split("\n").flatMap((line, index) => {
    const kinds = mark.exec(line)?.[1];
    return kinds === undefined ? [] : `${index + 1}: ${kinds}`;
  });
}

async function foundKinds(text: string): Promise<string[]> {
  const byLine = new Map<number, string[]>();
  for (const { line, kind } of auditFile(await cParser(), text)) {
    byLine.set(line, [...byLine.get(line) ?? [], kind]);
  }
  return [...byLine].map(([line, kinds]) => `${line}: ${kinds.join(" ")}`);
}

// Each use of the samples has its kind beside it, and there are no others.
for (const name of ["kinds.c", "flow.c", "macros.h", "quotes.c", "broken.c"]) {
  Deno.test(`auditFile() finds what ${name} says of itself`, async () => {
    const text = await Deno.readTextFile(new URL(name, folder));
    const expected = expectedKinds(text);
    assertEquals(expected.length > 2, true);
    assertEquals(await foundKinds(text), expected);
  });
}
