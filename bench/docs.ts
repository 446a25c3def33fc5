/**
 * Regenerates the figures of README.md and of the pages that it leads to: each
 * block between `<!-- lab ARGS -->` and `<!-- end -->` is what `lab ARGS`
 * prints, and `<!-- table NAME -->` is made of a registry. The blocks of the
 * study are made by study/.
 *
 * `deno task docs` runs exact blocks only; with `--measure` those that are
 * timed too, for a machine with nothing else to do.
 */
import { keepSpareWorkers } from "./contender/spare_workers.ts";
import { resultJsonSchema } from "./result/result_json_schema.ts";
import { auditJsonSchema } from "./source_audit/result.ts";
import { sweepJsonSchema } from "./sweep/read_sweep.ts";
import { setupJsonSchema } from "./setup/setup_schema.ts";
import { Command } from "commander";
import { processContext } from "./shell/context.ts";
import { runToStatus } from "./shell/run_command.ts";
import { DOC_TABLES } from "./docs_tables.ts";
import { main } from "./lab.ts";

const BLOCK = /<!-- (lab|table) (.*?) -->\n[\s\S]*?<!-- end -->/g;

/** A block of a page and what makes it. */
export interface DocBlock {
  /** What makes it: a command, or a registry. */
  readonly kind: "lab" | "table";
  /** The words after `lab`, or the table's name. */
  readonly args: readonly string[];
  /** The whole block, markers included. */
  readonly text: string;
  /** Whether its figures are timed, so that they differ from run to run. */
  readonly measured: boolean;
}

/**
 * Finds the generated blocks of a page.
 *
 * @param page Markdown.
 * @returns The blocks in order.
 */
export function docBlocks(page: string): readonly DocBlock[] {
  return [...page.matchAll(BLOCK)].map(([text, kind, words = ""]) => {
    const args = words.split(" ");
    if (kind === "table") return { kind, args, text, measured: false };
    const rounds = args.indexOf("--rounds");
    const isRun = args[0] === "run";
    const measured = isRun && args[rounds + 1] !== "0";
    return { kind: "lab", args, text, measured };
  });
}

/**
 * Makes a block again.
 *
 * @returns Its new text.
 * @throws {Error} If the command fails, or there is no such table.
 */
export async function renderBlock(block: DocBlock): Promise<string> {
  return block.kind === "table" ? renderTable(block) : await renderRun(block);
}

function renderTable({ args }: DocBlock): string {
  const name = args.join(" ");
  const table = DOC_TABLES[name];
  if (table === undefined) {
    throw new RangeError(
      `Cannot make the table "${name}": found no such name, expected one of ` +
        Object.keys(DOC_TABLES).join(", "),
    );
  }
  return `<!-- table ${name} -->\n\n${table()}\n\n<!-- end -->`;
}

async function renderRun(block: DocBlock): Promise<string> {
  let out = "";
  let err = "";
  const status = await main([...block.args, "--quiet"], {
    writeOut: (text) => out += text,
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  if (status !== 0) {
    throw new Error(`Cannot make "${block.args.join(" ")}": ${err.trim()}`);
  }
  const words = block.args.join(" ");
  out = withoutOrigin(out);
  return `<!-- lab ${words} -->\n\n\`\`\`text\n$ deno task lab ${words}\n` +
    `${out.trimEnd()}\n\`\`\`\n\n<!-- end -->`;
}

/** Machine, time and commit are not those of the reader. */
function withoutOrigin(text: string): string {
  return text.replace(
    // A screen or a mail of the answer.
    /^(bvec-lab \d\S*,(?: seed \d+,)?)\s[^]*?\d{4}-\d\d-\d\dT[\d:.]+Z\.?/gm,
    "$1 and the machine, its commit and the date.",
  ).replace(
    // Every table, with the command at the end.
    /^(bvec-lab \S+, seed \d+)\n[^]*$/m,
    "$1, and the machine, its commit, the date and the command\n",
  );
}

/** The pages that have such blocks, README first. */
export const DOC_PAGES: readonly URL[] = [
  "../README.md",
  "README.md",
  "../layouts/README.md",
  "results/README.md",
  "HOT_PATH.md",
  "guide/answer_a_mail.md",
  "source_audit/README.md",
  "../sim/pci/README.md",
  ...["struct", "kernel", "trace", "machine", "tree"].map((name) =>
    `own/${name}.md`
  ),
].map((path) => new URL(path, import.meta.url));

/** JSON Schemas that are committed, for those who do not run the lab. */
const SCHEMAS: Readonly<Record<string, () => Record<string, unknown>>> = {
  "result.schema.json": resultJsonSchema,
  "setup.schema.json": setupJsonSchema,
  "sweep.schema.json": sweepJsonSchema,
  "source_audit/audit.schema.json": auditJsonSchema,
};

/** Makes the schemas, and the blocks of all pages again. */
async function remake({ measure }: { measure: boolean }): Promise<void> {
  for (const [name, make] of Object.entries(SCHEMAS)) {
    await Deno.writeTextFile(
      new URL(name, import.meta.url),
      JSON.stringify(make(), null, 2) + "\n",
    );
  }
  for (const path of DOC_PAGES) {
    let page = await Deno.readTextFile(path);
    for (const block of docBlocks(page)) {
      if (block.measured && !measure) continue;
      const text = await renderBlock(block);
      page = page.replace(block.text, () => text);
      // A later block may verify what an earlier one prints.
      await Deno.writeTextFile(path, page);
    }
  }
}

if (import.meta.main) {
  // Dozens of runs, one after the other.
  keepSpareWorkers(2 * navigator.hardwareConcurrency);
  const command = new Command("docs")
    .description(
      "make the figures, tables and JSON Schemas of the documentation again",
    )
    .option("--measure", "also those that are timed, on a quiet machine", false)
    .action(remake);
  Deno.exit(
    await runToStatus(command, { args: Deno.args, context: processContext() }),
  );
}
