/**
 * The commands of the lab, in the order in which `lab --help` lists them.
 * Adding one is: its file, its test, one line here.
 */
import type { Command } from "commander";
import { auditCommand } from "./audit.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { completionsCommand } from "./completions.ts";
import { cacheCommand } from "./cache.ts";
import type { CommandContext } from "./context.ts";
import { explainCommand } from "./explain.ts";
import { heatCommand } from "./heat.ts";
import { layoutsCommand } from "./layouts.ts";
import { manCommand } from "./man.ts";
import { mergeCommand } from "./merge.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { sweepCommand } from "./sweep.ts";
import { topologyCommand } from "./topology.ts";
import { verifyCommand } from "./verify.ts";

/** Makes one command; `report` sets the exit status of a finished run. */
export interface CommandFactory {
  (context: CommandContext, report: (status: number) => void): Command;
  /** Whether `lab` without a command means this one. */
  isDefault?: boolean;
}

/** All commands. */
export const commands: readonly CommandFactory[] = [
  runCommand,
  auditCommand,
  cacheCommand,
  checkCommand,
  compareCommand,
  completionsCommand,
  explainCommand,
  heatCommand,
  layoutsCommand,
  manCommand,
  mergeCommand,
  reportCommand,
  sweepCommand,
  topologyCommand,
  verifyCommand,
];
