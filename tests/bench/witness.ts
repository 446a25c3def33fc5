/** Runs tools that nobody here wrote, where they are installed. */
import { notRun, run, type ToolResult } from "../layouts/run_tool.ts";

/**
 * Runs a tool; undefined, and a line on stderr, where it is not installed, so
 * that a log never hides that a witness was absent.
 */
export async function askWitness(
  tool: string,
  args: string[],
  options: { cwd: string },
): Promise<ToolResult | undefined> {
  return await run(tool, args, options) ?? notRun(tool);
}
