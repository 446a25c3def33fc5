/** Outside tools that a test asks, where they are installed. */

/** What a tool did. */
export interface ToolResult {
  /** Whether it ended with 0. */
  readonly success: boolean;
  /** What it printed. */
  readonly out: string;
  /** What it complained of. */
  readonly err: string;
}

/**
 * Runs a tool.
 *
 * @param tool Its name.
 * @param args Its arguments.
 * @param options The folder that it runs in; this one by default.
 * @returns What it did; `undefined` where it is not installed.
 */
export async function run(
  tool: string,
  args: string[],
  options: { readonly cwd?: string } = {},
): Promise<ToolResult | undefined> {
  try {
    const done = await new Deno.Command(tool, { args, ...options }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      success: done.success,
      out: decode(done.stdout),
      err: decode(done.stderr),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Says on stderr that a tool was not asked.
 *
 * @param tool Its name.
 * @returns Nothing, in the place of what it would have said.
 */
export function notRun(tool: string): undefined {
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `NOT RUN: ${tool} is not installed\n`,
    ),
  );
}
