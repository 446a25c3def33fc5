/** What the registry of commands holds. */
import type { Command } from "commander";
import type { CommandContext } from "../shell/context.ts";

/** Makes one command; `report` sets the exit status of a finished run. */
export type CommandFactory = (
  context: CommandContext,
  report: (status: number) => void,
) => Command;
