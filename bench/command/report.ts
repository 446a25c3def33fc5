/**
 * `lab report RESULT.json`: a result in another form, on standard output.
 */
import type { Command } from "commander";
import { layouts } from "../../layouts/registry.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import { LONGEST_SWEEP_BYTES } from "../files/read_text.ts";
import { readResult } from "../result/read_result.ts";
import { parseConditions, whereCells } from "../result/where.ts";
import { isSweep, readSweep, resultOfSweep } from "../sweep/read_sweep.ts";
import { rebaseResult } from "../result/rebase_result.ts";
import { BREAKDOWNS } from "../report/breakdown_text.ts";
import type { Exporter } from "../report/exporter.ts";
import { exporters, pages } from "../report/registry.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  nameList,
  oneOf,
} from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { readGiven } from "../shell/given_text.ts";
import { GROUPS } from "../shell/help.ts";
import { writeJson, writeWhole } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import {
  checkPages,
  requireOneStdout,
  writePages,
} from "../shell/page_output.ts";
import { resultPage } from "./result_page.ts";
import { SUMMARIES } from "./summaries.ts";

interface ReportCommandOptions extends CommonOptions {
  readonly output?: string;
  readonly by?: string;
  readonly baseline?: string;
  readonly html?: string | boolean;
  readonly svg?: string;
  readonly where?: readonly string[];
}

/** Makes the command `lab report`. */
export function reportCommand(context: CommandContext): Command {
  const command = createCommand("report", SUMMARIES.report)
    .argument(
      "<result.json>",
      "the result of lab run --json, or of lab merge --json with --where; - " +
        "for stdin",
    )
    .optionsGroup("What is shown:")
    .option(
      "--where <field=value>",
      "only matching cells, comma-separated: abi=lp64,workload=128k; a value " +
        "that no cell has matches those that begin with it",
      nameList(),
    )
    .option(
      "--baseline <name>",
      "layout that all others are compared with (default: the result's)",
    )
    .option("--by <name>", `break footprints down: ${BREAKDOWNS.join(", ")}`)
    .optionsGroup("Form:");
  for (const { name, description } of offered()) {
    command.option(`--${name}`, description, false);
  }
  for (const { name, description } of pages) {
    command.option(`--${name} [file]`, description);
  }
  command.option("--svg <folder>", "each chart on its own, in a folder");
  command.optionsGroup(GROUPS.output)
    .option("--output <file>", "write to a file (default: stdout)");
  addCommonOptions(command);
  offerOptionNames(command, {
    "--baseline": layouts.map(({ name }) => name),
    "--by": BREAKDOWNS,
  });
  return command.action(async (file: string, options: ReportCommandOptions) => {
    const asked = chosen(options);
    const by = options.by === undefined
      ? undefined
      : oneOf("breakdown", options.by, BREAKDOWNS);
    const { output, json, svg, baseline } = options;
    const isPage = options.html !== undefined && options.html !== false;
    // A form of its own, or a file beside another form.
    const isForm = options.html === true;
    if (isForm && asked !== undefined) {
      throw new RangeError(
        `Cannot report in 2 forms at once: found --${asked.name} and --html, ` +
          "expected one, or --html FILE",
      );
    }
    const html = isForm ? output ?? "-" : options.html;
    const targets = {
      ...(typeof html === "string" ? { html } : {}),
      svg,
    };
    requireOneStdout({ "--json": json, "--html": targets.html });
    await checkOutputs({
      "--output": output,
      "--json": json,
      ...(isForm ? {} : { "--html": targets.html }),
    }, { force: options.force, inputs: { result: file } });
    await checkPages(targets, options);
    const conditions = parseConditions(options.where ?? []);
    const text = await readGiven(file, context, {
      mostBytes: LONGEST_SWEEP_BYTES,
      expected: "a result",
    });
    const read = isSweep(text)
      ? resultOfSweep(readSweep(text, file), conditions)
      : whereCells(readResult(text, file), conditions);
    const result = baseline === undefined ? read : rebaseResult(read, baseline);
    if (json !== undefined) await writeJson(json, result, context, options);
    if (isPage || svg !== undefined) {
      const { signal } = context;
      await writePages(
        targets,
        // An untrusted result opens none of the reader's files.
        resultPage(result, { signal, by, readsFiles: false }),
        { context, force: options.force },
      );
    }
    const isAsked = asked !== undefined || output !== undefined && !isForm;
    const isOther = json !== undefined || isPage || svg !== undefined;
    if (isForm || isOther && !isAsked) return;
    const exporter = asked ??
      offered().find(({ name }) => name === "answer") as Exporter;
    const rendered = exporter.render(result, { by });
    if (output === undefined || output === "-") {
      if (json !== "-" && targets.html !== "-") context.writeOut(rendered);
    } else await writeWhole(output, rendered, options);
  });
}

/** `--json FILE|-` is common to all commands already. */
function offered(): Exporter[] {
  return exporters.filter(({ name }) => name !== "json");
}

function chosen(options: ReportCommandOptions): Exporter | undefined {
  const found = offered().filter(({ name }) =>
    Reflect.get(options, name) === true
  );
  if (found.length > 1) {
    throw new RangeError(
      `Cannot report in ${found.length} forms at once: found ${
        found.map(({ name }) => `--${name}`).join(" and ")
      }, expected one`,
    );
  }
  return found[0];
}
