/** An audit as text of 80 columns. */
import { plural } from "../../sim/text/plural.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { describeKind, type Kind, kinds } from "./kinds.ts";
import { auditedNames } from "./names.ts";
import { type AuditResult, directoryOf, showsPage } from "./result.ts";

type Use = AuditResult["uses"][number];

/** What a text has beside the tables. */
export interface AuditTextOptions {
  /** Whether every directory has a row, and not only the first. */
  readonly details: boolean;
  /** Kinds whose uses are listed, each with its place. */
  readonly list: readonly Kind[];
}

const WIDTH = 80;
/** Rows of directories without `details`. */
const FIRST_DIRECTORIES = 15;
/** Places listed of what was not read, without `details`. */
const FIRST_PLACES = 10;

/**
 * @returns Lines of at most 80 columns, except for the paths of a listing,
 * which stay whole.
 */
export function formatAudit(
  result: AuditResult,
  options: AuditTextOptions,
): string {
  const shown = result.uses.filter(showsPage);
  const lines = [
    ...summary(result, shown),
    "",
    ...nameTable(result),
    "",
    ...kindTable(shown),
    "",
    ...wrap(conversionWords(result), { width: WIDTH }),
    "",
    ...directoryTable(shown, options),
    ...gaps(result, options),
    ...listing(result, options.list),
  ];
  return lines.map((line) => line.trimEnd()).join("\n") + "\n";
}

function summary(result: AuditResult, shown: readonly Use[]): string[] {
  const { kernel, files, total } = result;
  const where = kernel.directory === "" ? "" : `, ${kernel.directory}`;
  const member = total.bv_page ?? 0;
  const getters = shown.length - member;
  const understood = result.notUnderstood.length === 0
    ? "All were understood."
    : `${result.notUnderstood.length} were not understood.`;
  const text = `Linux ${kernel.version}${where}: bv_page stands in ` +
    `${plural(member, "place")}; functions that give it out in ${getters} ` +
    `more. ${understood} ${files.read} files of C were read, ` +
    `${files.withUses} hold one of the identifiers below.` +
    (result.interrupted ? " Interrupted: the rest was not read." : "");
  return wrap(text, { width: WIDTH });
}

function nameTable(result: AuditResult): string[] {
  const rows = auditedNames.filter(({ name }) => (result.total[name] ?? 0) > 0);
  const columns: Column<typeof rows[number]>[] = [
    { header: "identifier", cell: ({ name }) => name, left: true },
    { header: "uses", cell: ({ name }) => String(result.total[name] ?? 0) },
    {
      header: "of a bio_vec",
      cell: ({ name }) => String(result.ofBvec[name] ?? 0),
    },
    { header: "which", cell: ({ role }) => ROLES[role], left: true },
  ];
  return plainTable(columns, rows, { maxWidth: WIDTH });
}

const ROLES = {
  member: "the member",
  getter: "gives the page out",
  helper: "hides the page",
  page: "takes any page",
} as const;

function kindTable(shown: readonly Use[]): string[] {
  const rows = kinds
    .map((kind) => ({
      ...kind,
      uses: shown.filter((use) => use.kind === kind.kind).length,
    }))
    .filter(({ uses }) => uses > 0)
    .sort((a, b) => b.uses - a.uses);
  // Laid out here, because a table of figures cuts long words.
  const width = Math.max(...rows.map(({ title }) => title.length), 4);
  return [
    "What is done with the page, and what would be if a bio_vec held {phys, len}:",
    "",
    `${"kind".padEnd(width)}  uses  with {phys, len}`,
    ...rows.map(({ title, uses, change }) =>
      `${title.padEnd(width)}  ${String(uses).padStart(4)}  ${change}`
    ),
  ];
}

function conversionWords({ conversion }: AuditResult): string {
  const { helper, page, flag, mark, read, nothing } = conversion;
  const left = helper + page + flag + mark + read;
  return `Left to convert: ${left} of ${left + nothing}. ${helper} by a ` +
    `helper, ${page} need a struct page, ${flag} a flag in the bio_vec, ` +
    `${mark} another way to say "empty", ${read} need reading: the page goes ` +
    `where this audit does not follow.`;
}

/** Kinds that have a column of their own. */
const COLUMNS: readonly (readonly [header: string, kinds: readonly Kind[]])[] =
  [
    ["phys", ["physical"]],
    ["map", ["mapping", "cache_flush"]],
    ["sg", ["scatterlist"]],
    ["page", ["page_state"]],
    ["ref", ["reference"]],
    ["p2p", ["p2p_check"]],
    ["test", ["comparison", "null_test"]],
    ["set", ["written", "copied"]],
    ["on", ["handed_on", "not_understood"]],
  ];

function directoryTable(
  shown: readonly Use[],
  { details }: AuditTextOptions,
): string[] {
  const ofBvecs = shown.filter(({ ofBvec }) => ofBvec);
  const all = [...Map.groupBy(ofBvecs, ({ file }) => directoryOf(file))]
    .map(([name, uses]) => ({ name, uses }))
    .sort((a, b) =>
      b.uses.length - a.uses.length || (a.name < b.name ? -1 : 1)
    );
  const rows = details ? all : all.slice(0, FIRST_DIRECTORIES);
  const columns: Column<typeof all[number]>[] = [
    { header: "directory", cell: ({ name }) => shortened(name), left: true },
    { header: "uses", cell: ({ uses }) => String(uses.length) },
    ...COLUMNS.map(([header, of]) => ({
      header,
      cell: ({ uses }: typeof all[number]) =>
        String(uses.filter(({ kind }) => of.includes(kind)).length || "-"),
    })),
  ];
  const more = all.length - rows.length;
  return [
    "The same by directory:",
    "",
    ...plainTable(columns, rows, { maxWidth: WIDTH }),
    ...(more > 0 ? [`${plural(more, "more directory")}: --details`] : []),
    "",
    ...wrap(
      "phys physical address; map mapping, copying, cache flush; sg into a " +
        "scatterlist; page state of page or folio; ref reference, dirty; p2p " +
        "P2P check; test comparison, NULL; set written, copied; on handed on, " +
        "not understood.",
      { width: WIDTH },
    ),
  ];
}

function gaps(result: AuditResult, { details }: AuditTextOptions): string[] {
  const lines: string[] = [];
  const tell = (heading: string, places: readonly string[]) => {
    if (places.length === 0) return;
    const first = details ? places : places.slice(0, FIRST_PLACES);
    const more = places.length - first.length;
    lines.push(
      "",
      heading,
      ...first.flatMap((place) =>
        wrap(place, { width: WIDTH - 4, indent: "  " })
          .map((part) => `  ${part}`)
      ),
    );
    if (more > 0) lines.push(`  and ${more} more: --details`);
  };
  tell(
    "Not understood:",
    result.notUnderstood.map(({ file, line, column, name, found }) =>
      `${file}:${line}:${column}: ${name} in ${found}`
    ),
  );
  tell(
    "Not read:",
    result.notRead.map(({ file, reason }) => `${file}: ${reason}`),
  );
  return lines;
}

function listing(result: AuditResult, list: readonly Kind[]): string[] {
  return list.flatMap((kind) => {
    const uses = result.uses.filter((use) => use.kind === kind);
    return [
      "",
      `${describeKind(kind).title}: ${plural(uses.length, "use")}`,
      ...uses.flatMap(({ file, line, name, reason, through }) => [
        `${file}:${line}`,
        ...wrap(
          `${name}: ${reason}` +
            (through.length > 0 ? `; through ${through.join(", ")}` : ""),
          { width: WIDTH - 4 },
        ).map((part) => `    ${part}`),
      ]),
    ];
  });
}

function shortened(name: string): string {
  return name.length > 24 ? `...${name.slice(-21)}` : name;
}
