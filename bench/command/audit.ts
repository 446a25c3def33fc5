/**
 * `lab audit LINUX_DIR`: every use of bv_page in a kernel tree, by what it
 * wants of the page.
 */
import type { Command } from "commander";
import { offerOptionNames } from "../setup/offered_names.ts";
import { auditTree } from "../source_audit/audit_tree.ts";
import { openKernelTree } from "../source_audit/kernel_tree.ts";
import { type Kind, kindNames } from "../source_audit/kinds.ts";
import { formatAudit } from "../source_audit/report_text.ts";
import { auditResult } from "../source_audit/result.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  nameList,
  unknownName,
} from "../shell/command.ts";
import {
  type CommandContext,
  ERASE_LINE,
  EXIT,
  interruptStatus,
} from "../shell/context.ts";
import { writeFound } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { SUMMARIES } from "./summaries.ts";

interface AuditOptions extends CommonOptions {
  readonly details: boolean;
  readonly list?: readonly string[];
}

/** Files between two lines of progress. */
const PROGRESS_FILES = 1000;
/** Stands for every kind in `--list`. */
const ALL_KINDS = "all";

export function auditCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("audit", SUMMARIES.audit)
    .argument("<directory>", "a Linux source tree, or a directory inside one")
    .optionsGroup("Uses:")
    .option("--details", "every directory, and all that was not read", false)
    .option(
      "--list <kinds>",
      `also list the uses of these kinds, with file and line: ${ALL_KINDS}, ${
        kindNames.join(", ")
      }`,
      nameList(),
    );
  offerOptionNames(command, { "list:--list": [ALL_KINDS, ...kindNames] });
  return addCommonOptions(command)
    .action(async (directory: string, options: AuditOptions) => {
      report(await runAudit(directory, options, context));
    });
}

async function runAudit(
  directory: string,
  options: AuditOptions,
  context: CommandContext,
): Promise<number> {
  const list = chooseKinds(options.list ?? []);
  await checkOutputs({ "--json": options.json }, options);
  const tree = await openKernelTree(directory);
  const redraws = context.errorIsTerminal && !options.quiet;
  const audit = await auditTree(tree, {
    signal: context.signal,
    onFile: (file, before) => {
      if (!redraws || before % PROGRESS_FILES !== 0) return;
      const line = `${before} files: ${file}`;
      context.writeError(ERASE_LINE + line.slice(0, 79));
    },
  });
  if (redraws) context.writeError(ERASE_LINE);
  const result = auditResult(audit);
  await writeFound(
    {
      json: () => result,
      text: () => formatAudit(result, { details: options.details, list }),
    },
    context,
    options,
  );
  return audit.interrupted ? interruptStatus(context.signal.reason) : EXIT.done;
}

function chooseKinds(names: readonly string[]): readonly Kind[] {
  if (names.includes(ALL_KINDS)) return kindNames;
  return names.map((name) => {
    const found = kindNames.find((kind) => kind === name);
    if (found === undefined) {
      throw unknownName("kind of use", name, [ALL_KINDS, ...kindNames]);
    }
    return found;
  });
}
