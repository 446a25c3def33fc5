/**
 * Progress on standard error: one line that redraws itself on a terminal, and
 * a plain line per cell and quarter where there is none.
 */
import { format } from "@std/fmt/duration";
import type { Progress } from "../statistics/run_rounds.ts";
import { type CommandContext, ERASE_LINE } from "./context.ts";

export interface ProgressPlace {
  readonly stage: string;
  readonly progress?: Progress | undefined;
  /** Time that the whole run still takes; nothing if unknown. */
  readonly leftNs?: number | null | undefined;
}

export interface ProgressLine {
  show(cell: string, at: ProgressPlace): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
}

export function progressLine(
  context: CommandContext,
  options: { quiet: boolean },
): ProgressLine {
  if (options.quiet) return { show: () => {}, clear: () => {} };
  if (context.errorIsTerminal) return redrawing(context);
  let told = "";
  return {
    show(cell, { stage, progress, leftNs }) {
      // A line for each stage and quarter, so that a log stays readable.
      const quarter = progress === undefined
        ? ""
        : ` ${25 * Math.floor(4 * progress.done / progress.total)} %`;
      // How many I/Os or layouts are behind one changes all the time.
      const short = stage.replace(/^checked .*/, "checking");
      const text = `${cell}: ${short}${quarter}`;
      if (text !== told) context.writeError(`${text}${eta(leftNs)}\n`);
      told = text;
    },
    clear() {},
  };
}

function redrawing(context: CommandContext): ProgressLine {
  let shown = false;
  return {
    show(cell, { stage, progress, leftNs }) {
      const text = progress === undefined
        ? `${cell}: ${stage}${eta(leftNs)}`
        : `${cell}: ${stage} ${progress.done}/${progress.total}${
          eta(leftNs === undefined ? progress.remainingNs : leftNs)
        }`;
      context.writeError(ERASE_LINE + text.slice(-79));
      shown = true;
    },
    clear() {
      if (shown) context.writeError(ERASE_LINE);
      shown = false;
    },
  };
}

function eta(remainingNs: number | null | undefined): string {
  if (remainingNs === null || remainingNs === undefined) return "";
  const seconds = Math.ceil(remainingNs / 1e9) * 1000;
  return `, ${format(seconds, { ignoreZero: true }) || "0s"} left`;
}
