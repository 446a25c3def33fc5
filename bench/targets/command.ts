/**
 * `deno task bench:targets`: every speed target of the lab with its figure, in
 * one run. What other work on the machine costs is kept out as far as it can
 * be: CPU time, contenders in turns, medians of ratios within rounds.
 *
 * @module
 */
import { Command } from "commander";
import { nameList, unknownName } from "../shell/command.ts";
import { type CommandContext, processContext } from "../shell/context.ts";
import { checkOutput, writeFound } from "../shell/output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { captureEnvironment } from "../machine/environment.ts";
import { loadNow } from "../machine/load_now.ts";
import { TARGET_GROUPS } from "./registry.ts";
import {
  judgeTarget,
  type Measured,
  type TargetGroup,
  type TargetSize,
} from "./target.ts";
import type { TargetEntry, TargetsFile } from "./targets_file.ts";
import { targetsText } from "./targets_table.ts";

interface TargetsOptions {
  readonly only?: string[];
  readonly full: boolean;
  readonly json?: string;
  readonly force: boolean;
  readonly quiet: boolean;
}

/** @returns 0 when done, whichever targets are met; 2 on wrong use. */
export async function targetsMain(
  args: readonly string[],
  context: CommandContext,
  groups: readonly TargetGroup[] = TARGET_GROUPS,
): Promise<number> {
  const command = new Command("bench:targets")
    .description("measure the lab against its speed targets")
    .option(
      "--only <names>",
      "targets, or groups such as path, comma-separated (default: all)",
      nameList(),
    )
    .option("--full", "as long as they are promised for, an hour", false)
    .option("--json <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .option("--quiet", "no progress on stderr", false)
    .action((options: TargetsOptions) => measure(options, context, groups));
  return await runToStatus(command, { args, context });
}

async function measure(
  options: TargetsOptions,
  context: CommandContext,
  groups: readonly TargetGroup[],
): Promise<void> {
  const { only, json, force, quiet } = options;
  const size: TargetSize = options.full ? "full" : "quick";
  const isWanted = chosen(groups, only);
  if (json !== undefined) await checkOutput(json, { force });
  const { loadAverage, ...seen } = await captureEnvironment();
  const machine = { ...seen, loadAverage: loadAverage && [...loadAverage] };
  const targets: TargetEntry[] = [];
  for (const group of groups) {
    const own = group.targets.map(({ name }) => name).filter(isWanted);
    if (own.length === 0 || context.signal.aborted) continue;
    if (!quiet) context.writeError(`${own.join(", ")}\n`);
    const entries = await measureGroup(group, size);
    targets.push(...entries.filter(({ name }) => own.includes(name)));
  }
  const file: TargetsFile = { schemaVersion: 1, size, machine, targets };
  await writeFound(
    {
      json: () => file,
      text: () => targetsText(targets),
    },
    context,
    options,
  );
}

/**
 * Measures the targets of a group; one that fails costs no other its figure.
 */
export async function measureGroup(
  { targets, measure }: TargetGroup,
  size: TargetSize,
): Promise<TargetEntry[]> {
  const before = loadNow();
  let found: readonly Measured[];
  try {
    found = await measure(size);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    found = targets.map(() => reason);
  }
  const load: [number | null, number | null] = [before, loadNow()];
  return targets.map((target, i) => ({
    ...judgeTarget(target, found[i] ?? "it was not measured"),
    load,
  }));
}

function chosen(
  groups: readonly TargetGroup[],
  only: readonly string[] | undefined,
): (name: string) => boolean {
  if (only === undefined) return () => true;
  const names = groups.flatMap(({ targets }) =>
    targets.map(({ name }) => name)
  );
  const matches = (name: string, asked: string) =>
    name === asked || name.startsWith(`${asked}/`);
  for (const asked of only) {
    if (names.some((name) => matches(name, asked))) continue;
    throw unknownName("target", asked, names);
  }
  return (name) => only.some((asked) => matches(name, asked));
}

if (import.meta.main) {
  Deno.exit(await targetsMain(Deno.args, processContext()));
}
