/**
 * What a command may touch of the outside world, handed to it so that a test
 * can hand it something else: the two streams, the interrupt, the files.
 */

/** The outside world of one command. */
export interface CommandContext {
  /** Writes payload text; a closed pipe is not an error. */
  readonly writeOut: (text: string) => void;
  /** Writes progress and warnings. */
  readonly writeError: (text: string) => void;
  /** Whether standard error is a terminal, so that progress may redraw. */
  readonly errorIsTerminal: boolean;
  /** Whether payload text may be coloured (a terminal, and no NO_COLOR). */
  readonly color: boolean;
  /** The words after `lab`, where a command wants to tell how it was called. */
  readonly words?: readonly string[];
  /** Aborted by Ctrl-C; a command then keeps what it has finished. */
  readonly signal: AbortSignal;
}

/** An answer of the simulated path was wrong, or a result regressed. */
export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
}

/** The user interrupted a command that has no partial result to tell. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Exit statuses of the command line (design.md, section 6). */
export const EXIT = {
  done: 0,
  wrongAnswer: 1,
  wrongUse: 2,
  interrupted: 130,
} as const;

/**
 * Opens the context of the real process.
 *
 * @returns The context, with Ctrl-C wired to its signal.
 */
export function processContext(): CommandContext {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new InterruptedError("Interrupted"));
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  return {
    writeOut: streamWriter(Deno.stdout),
    writeError: streamWriter(Deno.stderr),
    errorIsTerminal: Deno.stderr.isTerminal(),
    color: Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR"),
    signal: abort.signal,
  };
}

function streamWriter(
  stream: { writeSync(bytes: Uint8Array): number },
): (text: string) => void {
  const encoder = new TextEncoder();
  let closed = false;
  return (text) => {
    if (closed) return;
    let rest = encoder.encode(text);
    try {
      while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // `| head` closes the pipe early: what it wanted, it has.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      closed = true;
    }
  };
}
