/** Runs a program of the host to its end. */

export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param options What is expected, for the error if it is missing.
 * @throws {Error} If it cannot be run.
 */
export async function runTool(
  name: string,
  args: readonly string[],
  options: { readonly missing: string },
): Promise<ToolResult> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(name, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { status: code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    throw cannotRun(name, error, options.missing);
  }
}

export function cannotRun(
  name: string,
  error: unknown,
  expected: string,
): Error {
  const reason = error instanceof Deno.errors.NotFound
    ? "it is not installed"
    : error instanceof Deno.errors.NotCapable
    ? "Deno has no permission for it (use the task lab:kernel)"
    : error instanceof Error
    ? error.message
    : String(error);
  return new Error(`Cannot run ${name}: ${reason}, expected ${expected}`, {
    cause: error,
  });
}
