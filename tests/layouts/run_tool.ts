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
 * @returns What it did; `undefined` where it is not installed.
 */
export async function run(
  tool: string,
  args: string[],
): Promise<ToolResult | undefined> {
  try {
    const done = await new Deno.Command(tool, { args }).output();
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
 */
export function notRun(tool: string): void {
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `NOT RUN: ${tool} is not there; only recorded results were compared\n`,
    ),
  );
}
