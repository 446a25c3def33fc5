/**
 * The commands of the lab, in the order in which `lab --help` lists them.
 * Adding one is: its file, its test, one line here.
 */
import { auditCommand } from "./audit.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { completionsCommand } from "./completions.ts";
import { cacheCommand } from "./cache.ts";
import type { CommandFactory } from "./command_factory.ts";
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
