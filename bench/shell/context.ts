/**
 * What a command may touch of the outside world, handed to it so that a test
 * can hand it something else: the two streams, the interrupt, the files.
 */
import type { Command } from "commander";
import { printableText } from "../../sim/text/printable.ts";
import type { ResultInput } from "../files/result_input.ts";
import { systemReason } from "../files/system_reason.ts";

export interface CommandContext {
  /** Writes payload text; a closed pipe is not an error. */
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether standard error is a terminal, so that progress may redraw. */
  readonly errorIsTerminal: boolean;
  /** Whether payload text may be coloured (a terminal, and no NO_COLOR). */
  readonly color: boolean;
  /** The words after `lab`, for a command that reports how it was called. */
  readonly words?: readonly string[];
  /** Standard input; the process's own if absent. */
  readonly stdin?: {
    readonly readable: ReadableStream<Uint8Array>;
    isTerminal(): boolean;
  };
  /**
   * Aborted by Ctrl-C, SIGTERM or SIGHUP; a command then keeps what it has
   * finished.
   */
  readonly signal: AbortSignal;
  /**
   * Whether machine code is counted by default; not if absent. Compilers and
   * tools are programs of the machine, which a task has to allow.
   */
  readonly counts?: boolean;
  /** Aborted when the reader of standard output has gone. */
  readonly outClosed?: AbortSignal;
  /** What a tool was called by, such as `lab check soak`; else its own name. */
  readonly program?: string;
  /** Called with the command that a tool is, before its words are read. */
  readonly onCommand?: (command: Command) => void;
  /** Called for each file that options are made of and a result is to name. */
  readonly onInput?: (input: ResultInput) => void;
}

/** An answer of the simulated path was wrong, or a result regressed. */
export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
}

/** The user interrupted a command that has no partial result to show. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  /** The exit status: 128 and the number of the signal. */
  readonly status: number;

  /**
   * Makes the error.
   *
   * @param status The exit status; default: that of SIGINT.
   */
  constructor(message: string, status: number = EXIT.interrupted) {
    super(message);
    this.status = status;
  }
}

/** Exit statuses of the command line (design.md, section 6). */
export const EXIT = {
  done: 0,
  wrongAnswer: 1,
  wrongUse: 2,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The time that an interrupted command has to end by itself, in ms. */
const END_MS = 10_000;

/**
 * Returns the exit status of an aborted command.
 *
 * @param reason What its signal was aborted with.
 * @returns 143 after SIGTERM, 129 after SIGHUP, 130 after anything else.
 */
export function interruptStatus(reason: unknown): number {
  return reason instanceof InterruptedError ? reason.status : EXIT.interrupted;
}

/**
 * Opens the context of the real process.
 *
 * @returns The context, with Ctrl-C, SIGTERM and SIGHUP wired to its signal,
 *   whose streams take nothing that a terminal would act on.
 */
export function processContext(): CommandContext {
  const abort = new AbortController();
  const closed = new AbortController();
  const writeError = streamWriter(Deno.stderr);
  const interrupt = (message: string, status: number) => () => {
    abort.abort(new InterruptedError(message, status));
    // Nothing that hangs may keep the process: output files are whole anyway.
    Deno.unrefTimer(setTimeout(() => {
      writeError(`lab: ${message}\n`);
      Deno.exit(status);
    }, END_MS));
  };
  Deno.addSignalListener("SIGINT", interrupt("Interrupted", EXIT.interrupted));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener(
      "SIGTERM",
      interrupt("Terminated", EXIT.terminated),
    );
    // A terminal that closes. Under nohup, too: with a listener of any signal
    // Deno catches this one, and ends the process unless it is listened for.
    Deno.addSignalListener("SIGHUP", interrupt("Hung up", EXIT.hungUp));
  }
  return printableContext({
    writeOut: outWriter(Deno.stdout, closed),
    writeError,
    errorIsTerminal: Deno.stderr.isTerminal(),
    color: Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR"),
    counts: Deno.permissions.querySync({ name: "run", command: "gcc" })
      .state === "granted",
    signal: abort.signal,
    outClosed: closed.signal,
  });
}

/** What a line of progress begins with on a terminal. */
export const ERASE_LINE = "\r\x1b[K";

/**
 * Returns a context whose streams take nothing that a terminal would act on but
 * what the lab itself writes: names in the files of strangers are printed.
 *
 * @returns The same, with such characters written out.
 */
export function printableContext(context: CommandContext): CommandContext {
  return {
    ...context,
    writeOut: (text) => context.writeOut(printableText(text)),
    writeError: (text) =>
      context.writeError(
        context.errorIsTerminal && text.startsWith(ERASE_LINE)
          ? ERASE_LINE + printableText(text.slice(ERASE_LINE.length))
          : printableText(text),
      ),
  };
}

/** Writes the payload: that it cannot be written ends the command. */
function outWriter(
  stream: { writeSync(bytes: Uint8Array): number },
  closed: AbortController,
): (text: string) => void {
  const encoder = new TextEncoder();
  return (text) => {
    if (closed.signal.aborted) return;
    try {
      writeAll(stream, encoder.encode(text));
    } catch (error) {
      // `| head` closes the pipe early: what it wanted, it has.
      if (error instanceof Deno.errors.BrokenPipe) closed.abort();
      else {
        throw new Error(
          `Cannot write to standard output: ${systemReason(error)}`,
          { cause: error },
        );
      }
    }
  };
}

/** Writes notes: being unable to write them is no reason to fail. */
function streamWriter(
  stream: { writeSync(bytes: Uint8Array): number },
): (text: string) => void {
  const encoder = new TextEncoder();
  let closed = false;
  return (text) => {
    if (closed) return;
    try {
      writeAll(stream, encoder.encode(text));
    } catch {
      closed = true;
    }
  };
}

function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // A pipe that its reader has set to non-blocking is full: wait 5 ms.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
