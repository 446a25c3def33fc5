/**
 * The form of an audit's JSON: what was counted, what it is of, and every use
 * with its place.
 */
import { z } from "zod";
import { TOOL_NAME } from "../machine/tool.ts";
import type { TreeAudit, TreeUse } from "./audit_tree.ts";
import {
  type Conversion,
  describeKind,
  type Kind,
  kindNames,
} from "./kinds.ts";
import { auditedName, auditedNames } from "./names.ts";

const count = z.int().min(0);
const place = {
  file: z.string().describe("Path from the kernel's root"),
  line: z.int().min(1).describe("Line, from 1"),
  column: z.int().min(1).describe("Column in characters, from 1"),
  name: z.string().describe("The identifier"),
};

/** In the order of a report. */
const CONVERSIONS = [
  "helper",
  "page",
  "flag",
  "mark",
  "read",
  "nothing",
] as const satisfies readonly Conversion[];

const kindCounts = z.partialRecord(z.enum(kindNames), count);

const auditSchema = z.strictObject({
  schemaVersion: z.literal(1).describe("Version of this form"),
  tool: z.string().describe("Name of the tool that wrote it"),
  kernel: z.strictObject({
    version: z.string().describe("Version in the tree's Makefile"),
    directory: z.string()
      .describe("What was read of it, from its root; empty for all of it"),
  }).describe("The kernel tree"),
  interrupted: z.boolean()
    .describe("Whether it was ended before the last file"),
  files: z.strictObject({
    read: count.describe("Files of C (.c, .h) that were read"),
    withUses: count.describe("Those that hold one of the identifiers"),
    linksPassedOver: count.describe("Symbolic links, none of them followed"),
  }).describe("Counts of its files"),
  total: z.record(z.string(), count).describe(
    "Occurrences of each identifier outside of comments, strings and " +
      "character constants",
  ),
  ofBvec: z.record(z.string(), count).describe(
    "Those of them that concern the page of a bio_vec; declarations do not",
  ),
  kinds: kindCounts.describe("Occurrences of all identifiers by kind"),
  conversion: z.record(z.enum(CONVERSIONS), count).describe(
    "What would be left to do if a bio_vec held {phys, len}: uses of bv_page " +
      "and of functions that give it out. helper: a helper does it; page: it " +
      "needs a struct page; flag: a flag in the bio_vec answers it; mark: 0 " +
      "is an address, so empty must be said otherwise; read: somebody has to " +
      "read where it goes; nothing: declarations and the like",
  ),
  directories: z.record(
    z.string(),
    z.strictObject({
      uses: count.describe("Occurrences of all identifiers"),
      ofBvec: count.describe("Those that concern the page of a bio_vec"),
      kinds: kindCounts.describe("Occurrences of all identifiers by kind"),
    }),
  ).describe("By the directory of the file, without those below it"),
  uses: z.array(z.strictObject({
    ...place,
    kind: z.enum(kindNames).describe("What the page is needed for most"),
    kinds: z.array(z.enum(kindNames))
      .describe("All that is done with it, the foremost first"),
    ofBvec: z.boolean().describe("Whether it is the page of a bio_vec"),
    function: z.string().nullable()
      .describe("The function around; null in macros and outside"),
    reason: z.string().describe("Why it is of that kind"),
    through: z.array(z.string())
      .describe("Variables and functions between the place and that use"),
    text: z.string().describe("The line, without the blanks around it"),
  })).describe("Every occurrence, by file, line and column"),
  notUnderstood: z.array(z.strictObject({
    ...place,
    found: z.string().describe("What stands there"),
    text: z.string().describe("The line, without the blanks around it"),
  })).describe("Occurrences that the parser gave no meaning; also in uses"),
  notRead: z.array(z.strictObject({
    file: z.string().describe("Path from the kernel's root"),
    reason: z.string().describe("Why it was not read"),
  })).describe("What may hold the identifiers and was not read as C"),
});

export type AuditResult = z.infer<typeof auditSchema>;

/** The parts of the JSON that count kinds. */
type KindCounts = Partial<Record<Kind, number>>;

/**
 * Returns the form of an audit's JSON as JSON Schema; the same as
 * `bench/source_audit/audit.schema.json`.
 */
export function auditJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(auditSchema) as Record<string, unknown>;
}

export function auditResult(audit: TreeAudit): AuditResult {
  const total = zeros(auditedNames.map(({ name }) => name));
  const ofBvec = zeros(auditedNames.map(({ name }) => name));
  const conversion = zeros(CONVERSIONS);
  const kinds: KindCounts = {};
  const directories: AuditResult["directories"] = {};
  for (const use of audit.uses) {
    add(total, use.name);
    if (use.ofBvec) add(ofBvec, use.name);
    add(kinds, use.kind);
    if (showsPage(use)) add(conversion, describeKind(use.kind).conversion);
    const folder = directoryOf(use.file);
    const there = directories[folder] ??= { uses: 0, ofBvec: 0, kinds: {} };
    there.uses++;
    if (use.ofBvec) there.ofBvec++;
    add(there.kinds, use.kind);
  }
  return {
    schemaVersion: 1,
    tool: TOOL_NAME,
    kernel: { version: audit.tree.version, directory: audit.tree.below },
    interrupted: audit.interrupted,
    files: {
      read: audit.filesRead,
      withUses: audit.filesWithUses,
      linksPassedOver: audit.links,
    },
    total,
    ofBvec,
    kinds,
    conversion,
    directories,
    uses: audit.uses.map((
      { file, line, column, name, kind, kinds, ofBvec, ...more },
    ) => ({
      file,
      line,
      column,
      name,
      kind,
      kinds: [...kinds],
      ofBvec,
      function: more.function,
      reason: more.reason,
      through: [...more.through],
      text: more.text,
    })),
    notUnderstood: audit.uses
      .filter(({ kind }) => kind === "not_understood")
      .map(({ file, line, column, name, reason, text }) => ({
        file,
        line,
        column,
        name,
        found: reason,
        text,
      })),
    notRead: [...audit.notRead],
  };
}

/**
 * Returns the directory of a file.
 *
 * @param file Its path from the kernel's root.
 * @returns The path without its last part; `.` for the root.
 */
export function directoryOf(file: string): string {
  const end = file.lastIndexOf("/");
  return end === -1 ? "." : file.slice(0, end);
}

/**
 * Returns whether a use shows its caller the page, so that it would have to be
 * converted. A call of a helper does not, and a page function is around a use
 * that is counted already.
 *
 * @returns Whether it is `bv_page` or gives it out.
 */
export function showsPage(use: Pick<TreeUse, "name">): boolean {
  const role = auditedName(use.name)?.role;
  return role === "member" || role === "getter";
}

function zeros<Name extends string>(
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<
    Name,
    number
  >;
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
