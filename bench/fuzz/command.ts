/**
 * `deno task fuzz [reader...] [--runs N] [--seed N]`: every reader of the lab
 * against inputs near valid ones.
 *
 * The fuzzers are fast-check's: seeded, shrinking, and blind. The fuzzer guided
 * by coverage that the npm registry has is Jazzer.js (`@jazzer.js/core`).
 * Version 4.0.0 was tried: the native add-on that it comes with wants glibc
 * 2.38, so that neither Node 20 nor Deno 2.9 loads it on Debian 12 (glibc 2.36).
 * It is not used; where it loads, it would still be Node's loader that it
 * instruments, and not Deno's. What blind mutation may miss is met by corpora
 * and words of each format (`corpora.ts`).
 *
 * @module
 */
import { Command } from "commander";
import { offerNames } from "../setup/offered_names.ts";
import { countOption, eachOf, QUANTITY_HELP } from "../shell/command.ts";
import {
  type CommandContext,
  EXIT,
  interruptStatus,
  processContext,
} from "../shell/context.ts";
import { runToStatus } from "../shell/run_command.ts";
import { type FuzzOptions, HANG_MS, runFuzz } from "./run_fuzz.ts";
import type { FuzzTarget } from "./target.ts";
import { fuzzTargets } from "./targets.ts";

/** Growth of the process that is not a leak: caches of V8 and fast-check. */
const MOST_GROWTH_BYTES = 768 << 20;

/** The outside world of the fuzzers. */
export interface FuzzContext extends CommandContext {
  /** A monotonic clock in ms. */
  readonly clock: () => number;
  /** Memory of the process in bytes. */
  readonly residentBytes: () => number;
}

/** @returns The exit status: 1 if a reader did something wrong. */
export async function fuzzMain(
  args: readonly string[],
  context: FuzzContext,
): Promise<number> {
  let status: number = EXIT.done;
  const names = fuzzTargets.map(({ name }) => name);
  const command = new Command("fuzz")
    .description("feed almost valid input to every reader of the lab")
    .argument("[readers...]", `${names.join(", ")} (default: all)`)
    .optionsGroup("Inputs:")
    .option("--runs <n>", "inputs per reader", countOption(1, 1e9), 100_000)
    .option("--seed <n>", "seed of the inputs", countOption(0, 2 ** 31 - 1), 1)
    .addHelpText("after", QUANTITY_HELP)
    .action(async (readers: string[], options: FuzzCommandOptions) => {
      const chosen = chooseTargets(readers, names);
      status = await fuzzAll(chosen, options, context);
    });
  for (const argument of command.registeredArguments) {
    offerNames(argument, { names, isList: false });
  }
  const ended = await runToStatus(command, { args, context });
  return ended === EXIT.done ? status : ended;
}

type FuzzCommandOptions = Pick<FuzzOptions, "runs" | "seed">;

function chooseTargets(
  readers: readonly string[],
  names: readonly string[],
): readonly FuzzTarget[] {
  const chosen = eachOf("reader", readers, names);
  return chosen.length === 0
    ? fuzzTargets
    : fuzzTargets.filter(({ name }) => chosen.includes(name));
}

async function fuzzAll(
  targets: readonly FuzzTarget[],
  options: FuzzCommandOptions,
  context: FuzzContext,
): Promise<number> {
  const { runs, seed } = options;
  let status: number = EXIT.done;
  const say = (text: string) => context.writeOut(`${text}\n`);
  say(`${runs} inputs for each reader, seed ${seed}`);
  say("reader        inputs    taken  slowest  memory");
  const before = context.residentBytes();
  let growth = 0;
  for (const target of targets) {
    const outcome = await runFuzz(target, {
      runs,
      seed,
      clock: context.clock,
      signal: context.signal,
    });
    if (context.signal.aborted) {
      return interruptStatus(context.signal.reason);
    }
    growth = context.residentBytes() - before;
    say([
      target.name.padEnd(10),
      String(outcome.runs).padStart(10),
      `${Math.round(100 * outcome.accepted / outcome.runs)} %`.padStart(8),
      `${outcome.slowestMs.toFixed(0)} ms`.padStart(8),
      `${growth >> 20} MiB`.padStart(7),
    ].join(" "));
    const { finding } = outcome;
    if (finding === undefined) continue;
    status = EXIT.wrongAnswer;
    context.writeError(`fuzz: ${target.name}: ${finding.message}\n`);
    context.writeError(`  input: ${JSON.stringify(asText(finding.input))}\n`);
  }
  if (growth > MOST_GROWTH_BYTES) {
    context.writeError(
      `fuzz: the process grew by ${growth >> 20} MiB, expected at most ` +
        `${MOST_GROWTH_BYTES >> 20}\n`,
    );
    status = EXIT.wrongAnswer;
  }
  say(`no input may take longer than ${HANG_MS / 1000} s`);
  return status;
}

/** Each byte as one character, so that the input can be made again. */
function asText(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 2000);
  return String.fromCharCode(...shown) +
    (shown.length < bytes.length ? `... (${bytes.length} bytes)` : "");
}

if (import.meta.main) {
  Deno.exit(
    await fuzzMain(Deno.args, {
      ...processContext(),
      clock: () => performance.now(),
      residentBytes: () => Deno.memoryUsage().rss,
    }),
  );
}
