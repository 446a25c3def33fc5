/** Runs a program of the machine to its end, or no longer than it may take. */
import { NativeEngineError } from "./error.ts";

export interface BoundedRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Longest time in ms. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface BoundedResult {
  /** Its exit status; above 128 where a signal ended it. */
  readonly status: number;
  /** The signal that ended it, such as `SIGSEGV`. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is not there, or that Deno may not run. */
export class MissingProgramError extends NativeEngineError {
  readonly program: string;
  /** Whether it is not there, may not be run by Deno, or is not a program. */
  readonly why: "absent" | "permission" | "unexecutable";

  constructor(program: string, why: MissingProgramError["why"]) {
    super(
      `Cannot run ${program}: ` + {
        absent: "there is no such program, expected one in PATH",
        permission:
          `the permission is missing, expected --allow-run=${program}`,
        unexecutable: "it cannot be executed, expected a program",
      }[why],
    );
    this.program = program;
    this.why = why;
  }
}

/** A program that has not ended in time. */
export class LateProgramError extends NativeEngineError {}

/**
 * Runs a program; all of its children are not waited for.
 *
 * @throws {MissingProgramError} If there is no such program, or no permission.
 * @throws {LateProgramError} If it has not ended in time.
 */
export async function runBounded(run: BoundedRun): Promise<BoundedResult> {
  const { program, args, timeoutMs, signal } = run;
  signal?.throwIfAborted();
  let isLate = false;
  let kill = () => {};
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, timeoutMs);
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stdout = new TextCollector(child.stdout);
    const stderr = new TextCollector(child.stderr);
    kill = () => {
      try {
        // What hangs may not heed SIGTERM, and its children keep the pipes.
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      stdout.cancel();
      stderr.cancel();
    };
    if (isLate) kill();
    signal?.addEventListener("abort", kill);
    const { code, signal: ending } = await child.status;
    const texts = await Promise.all([stdout.text, stderr.text]);
    signal?.removeEventListener("abort", kill);
    signal?.throwIfAborted();
    if (isLate) {
      throw new LateProgramError(
        `Cannot run ${program}: it has not ended after ${timeoutMs / 1000} ` +
          `s, expected an end by then`,
      );
    }
    const [out, complaint] = texts;
    return { status: code, signal: ending, stdout: out, stderr: complaint };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new MissingProgramError(program, "absent");
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new MissingProgramError(program, "permission");
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new MissingProgramError(program, "unexecutable");
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The text of a stream that may never end. */
class TextCollector {
  /** All of it, or what there was when it was cancelled. */
  readonly text: Promise<string>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.text = this.#collect();
  }

  /** Waits for no more. */
  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #collect(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
  }
}
