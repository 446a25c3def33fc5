/** Runs tools that nobody here wrote, where they are installed. */

/** What a tool said. */
export interface Witness {
  readonly success: boolean;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a tool; undefined, and a line on stderr, where it is not installed, so
 * that a log never hides that a witness was absent.
 */
export async function askWitness(
  tool: string,
  args: string[],
  options: { cwd: string },
): Promise<Witness | undefined> {
  try {
    const done = await new Deno.Command(tool, { args, ...options }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      success: done.success,
      out: decode(done.stdout),
      err: decode(done.stderr),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.stderr.writeSync(
      new TextEncoder().encode(`NOT RUN: ${tool} is not installed\n`),
    );
    return undefined;
  }
}
