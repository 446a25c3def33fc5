/**
 * How a command line ends: its exit status, and the line for an error.
 */
import { type Command, CommanderError } from "commander";
import {
  type CommandContext,
  EXIT,
  InterruptedError,
  WrongAnswerError,
} from "./context.ts";
import { TOOL_EXAMPLES } from "./examples.ts";
import { addExamples, connect } from "./help.ts";
import { oneLine } from "./one_line.ts";

/**
 * Parses the words of a tool that is one command, and runs it.
 *
 * @returns 0 if it ended well, otherwise the status of its error, which is
 * printed in one line.
 */
export async function runToStatus(
  command: Command,
  given: { args: readonly string[]; context: CommandContext },
): Promise<number> {
  const { args, context } = given;
  const { program = command.name() } = context;
  for (const tool of [command, ...command.commands]) {
    const name = tool === command
      ? tool.name()
      : `${command.name()} ${tool.name()}`;
    addExamples(tool, TOOL_EXAMPLES[name] ?? []);
  }
  command.name(program);
  connect(command, context);
  context.onCommand?.(command);
  try {
    await command.parseAsync([...args], { from: "user" });
    return EXIT.done;
  } catch (error) {
    return exitStatus(error, { name: command.name(), context });
  }
}

export function exitStatus(
  error: unknown,
  from: { name: string; context: CommandContext },
): number {
  const { name, context } = from;
  if (error instanceof CommanderError) {
    // commander has printed its own line already.
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InterruptedError) {
    context.writeError(`${name}: ${message}\n`);
    return error.status;
  }
  context.writeError(`${name}: ${oneLine(message)}\n`);
  return error instanceof WrongAnswerError ? EXIT.wrongAnswer : EXIT.wrongUse;
}
