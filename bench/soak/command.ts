/**
 * `deno task soak [--ios N] [--seed N] [--workers N]`: 10 million I/Os over all
 * layouts and recognitions with faults on, every status judged, every byte
 * compared, in constant memory.
 *
 * What is verified of each I/O: that it ends, once; that its status is the one
 * that its faults lead to; for one that ends well, that every byte of its
 * buffer (reads) or every byte that the device fetched (writes) is the
 * medium's; after each window of 4096 I/Os, that no resource is in use; at the
 * end, that all layouts of one recognition ended all I/Os alike and built the
 * same commands. Most I/Os are of 512 B and 4 KiB, one window in 17 has sizes
 * up to 256 KiB. Time is simulated: the soak waits for no time-out.
 *
 * @module
 */
import { plural } from "../../sim/text/plural.ts";
import { Command } from "commander";
import { layoutNames } from "../../layouts/registry.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import { countOption, nameList, QUANTITY_HELP } from "../shell/command.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
  processContext,
} from "../shell/context.ts";
import { FAULT_KINDS } from "../../sim/fault/plan.ts";
import { layoutsNamed } from "../setup/layout_names.ts";
import { runToStatus } from "../shell/run_command.ts";
import { runSoak, type SoakReport } from "./run_soak.ts";

const MIB = 1 << 20;
/** Growth of the process from the first tenth of the I/Os on, at most. */
const MOST_GROWTH_BYTES = 512 * MIB;
/** Lines of progress. */
const LINES = 20;
/** A window takes a fraction of a second; this is a worker that hangs. */
const TIMEOUT_MS = 120_000;

/** The outside world of a soak. */
export interface SoakContext extends CommandContext {
  /** Memory of the process in bytes. */
  readonly residentBytes: () => number;
}

interface SoakCommandOptions {
  readonly ios: number;
  readonly seed: number;
  readonly workers: number;
  readonly layout?: string[];
}

/** @returns The exit status: 1 if anything was wrong. */
export async function soakMain(
  args: readonly string[],
  context: SoakContext,
): Promise<number> {
  let status: number = EXIT.done;
  const command = new Command("soak")
    .description(
      "run many I/Os over all layouts with faults on, and verify each",
    )
    .optionsGroup("What is run:")
    .option(
      "--ios <n>",
      "total number of I/Os",
      countOption(1, 1e12),
      10_000_000,
    )
    .option(
      "--layout <names>",
      "layouts, comma-separated, family:NAME or all (default: all)",
      nameList(),
    )
    .option("--workers <n>", "layouts at a time", countOption(1, 64), 2)
    .option("--seed <n>", "seed of I/Os and faults", countOption(0, 2 ** 31), 1)
    .addHelpText("after", QUANTITY_HELP)
    .action(async (given: SoakCommandOptions) => {
      const options = given.layout === undefined ? given : {
        ...given,
        layout: layoutsNamed(given.layout).map(({ name }) => name),
      };
      status = await soak(options, context);
    });
  offerOptionNames(command, {
    "list:--layout": layoutNames(),
  });
  const ended = await runToStatus(command, { args, context });
  return ended === EXIT.done ? status : ended;
}

async function soak(
  options: SoakCommandOptions,
  context: SoakContext,
): Promise<number> {
  const say = (text: string) => context.writeOut(`${text}\n`);
  const memory = new MemoryWatch(context.residentBytes);
  memory.look(0);
  let ios = 0;
  let line = 0;
  say("        I/Os   memory");
  const report = await runSoak({
    ...options,
    layouts: options.layout,
    timeoutMs: TIMEOUT_MS,
    signal: context.signal,
    onIos: (more) => {
      ios += more;
      const resident = memory.look(ios / options.ios);
      if (ios < (line + 1) * options.ios / LINES) return;
      line = Math.floor(ios * LINES / options.ios);
      say(`${String(ios).padStart(12)} ${mib(resident).padStart(8)}`);
    },
  });
  tell(report, say);
  const growth = memory.growthBytes;
  say(
    `memory: at most ${mib(memory.mostBytes)}; it grew by ` +
      `${mib(growth)} after the first tenth`,
  );
  for (const problem of report.problems) {
    context.writeError(`soak: ${problem}\n`);
  }
  if (context.signal.aborted) {
    context.writeError("soak: Interrupted\n");
    return interruptStatus(context.signal.reason);
  }
  if (growth > MOST_GROWTH_BYTES) {
    context.writeError(
      `soak: memory grew by ${mib(growth)}, expected at most ` +
        `${mib(MOST_GROWTH_BYTES)}\n`,
    );
    return EXIT.wrongAnswer;
  }
  return report.problems.length > 0 ? EXIT.wrongAnswer : EXIT.done;
}

function tell(report: SoakReport, say: (text: string) => void): void {
  const list = (record: Readonly<Record<string, number>>) =>
    Object.entries(record).map((one) => one.join(" ")).join(", ");
  say(
    `${plural(report.ios, "I/O")} in ${plural(report.jobs, "isolate")}, ` +
      `${(report.verifiedBytes / 2 ** 30).toFixed(2)} GiB compared`,
  );
  say(`ended: ${list(report.statuses)}`);
  say(`hit by faults: ${list(report.faults)}`);
  const missed = FAULT_KINDS.filter((kind) => !report.faults[kind]);
  if (missed.length > 0) {
    say(
      `no I/O was hit by a fault of kind ${missed.join(", ")}: these were ` +
        "not tried, use more I/Os (--ios)",
    );
  }
  say(`in use at the end: ${list(report.balance)}`);
}

/** The most memory in the first tenth of a soak, and in the rest of it. */
class MemoryWatch {
  readonly #residentBytes: () => number;
  #early = 0;
  #late = 0;

  constructor(residentBytes: () => number) {
    this.#residentBytes = residentBytes;
  }

  get mostBytes(): number {
    return Math.max(this.#early, this.#late);
  }

  get growthBytes(): number {
    return Math.max(0, this.#late - this.#early);
  }

  /** Looks at the memory, so far into the soak; gives what it found. */
  look(share: number): number {
    const now = this.#residentBytes();
    if (share <= 0.1) this.#early = Math.max(this.#early, now);
    else this.#late = Math.max(this.#late, now);
    return now;
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}

if (import.meta.main) {
  Deno.exit(
    await soakMain(Deno.args, {
      ...processContext(),
      residentBytes: () => Deno.memoryUsage().rss,
    }),
  );
}
