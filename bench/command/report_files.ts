/**
 * Reports that `lab run` writes beside its result or instead of its screen:
 * each form of `lab report` has an option that takes a file, or `-`.
 */
import type { Command } from "commander";
import type { Exporter } from "../report/exporter.ts";
import type { Breakdown } from "../report/breakdown_text.ts";
import { exporters } from "../report/registry.ts";
import type { LabResult } from "../result/result.ts";
import type { CommandContext } from "../shell/context.ts";
import { type WriteOptions, writeText } from "../shell/output.ts";

export interface ReportFile {
  readonly exporter: Exporter;
  /** The file, or `-` for standard output. */
  readonly target: string;
}

/** JSON has an option of its own, and the screen is what is printed. */
function offered(): readonly Exporter[] {
  return exporters.filter(({ name }) =>
    !["json", "answer", "text"].includes(name)
  );
}

/** Adds an option for each form. */
export function addReportFiles(command: Command): Command {
  for (const { name, description } of offered()) {
    command.option(`--${name} <file>`, `${description}; - for stdout`);
  }
  return command;
}

export function reportFiles(options: object): readonly ReportFile[] {
  return offered().flatMap((exporter) => {
    const target: unknown = Reflect.get(options, exporter.name);
    return typeof target === "string" ? [{ exporter, target }] : [];
  });
}

export function reportPaths(
  files: readonly ReportFile[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map(({ exporter, target }) => [`--${exporter.name}`, target]),
  );
}

export async function writeReports(
  result: LabResult,
  files: readonly ReportFile[],
  from: WriteOptions & {
    readonly context: CommandContext;
    readonly by?: Breakdown | undefined;
  },
): Promise<void> {
  for (const { exporter, target } of files) {
    const text = exporter.render(result, { by: from.by });
    await writeText(target, text, from);
  }
}
