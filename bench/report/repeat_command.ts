/**
 * The command that makes a result again: the one that the result carries, or
 * else one rebuilt from its options, in words that `lab run` takes.
 */
import type { LabResult, ResultCell } from "../result/result.ts";
import { type SetupWords, setupWords } from "../setup/words.ts";
import { mostOf } from "../text/extremes.ts";
import { repeatingWords } from "./repeating_words.ts";
import { splitWords } from "../text/shell_words.ts";

export function repeatCommand(result: LabResult): SetupWords {
  const { config } = result;
  const builds = repeatedBuilds(result);
  const found = setupWords({
    ...setupOf(result),
    ...(builds === undefined ? {} : { builds }),
  });
  // C and what counts its machine code need more permissions.
  const isNative = ["--engine", "--counts"].some((word) =>
    found.words.includes(word)
  );
  const lab = ["deno", "task", isNative ? "lab:native" : "lab"];
  // Words that no run of the lab wrote are as good as none.
  const told = typeof config.command === "string"
    ? repeatingWords(splitWords(config.command))
    : undefined;
  return told === undefined
    ? { ...found, words: [...lab, "run", ...found.words] }
    : {
      words: [...lab, ...builds === undefined ? told : ofBuilds(told, builds)],
      notes: [],
    };
}

/** Most builds that an option can ask for. */
const MOST_BUILDS = 200;

/**
 * Builds of a run that repeated another one: its own command asks for those
 * alone that it has added.
 */
function repeatedBuilds({ cells }: LabResult): number | undefined {
  const repeated = cells.filter(({ timing }) =>
    (timing?.earlierBuilds ?? 0) > 0
  ).flatMap(({ builds }) => builds || []);
  return repeated.length === 0
    ? undefined
    : Math.min(MOST_BUILDS, mostOf(repeated));
}

function ofBuilds(words: readonly string[], builds: number): string[] {
  const others = words.filter((word, at) =>
    word !== "--builds" && !word.startsWith("--builds=") &&
    words[at - 1] !== "--builds"
  );
  return [...others, "--builds", String(builds)];
}

/** What was planned; files of older labs say some of it in their cells alone. */
function setupOf({ config, cells, seed }: LabResult): object {
  const names = (pick: (cell: ResultCell) => string | readonly string[]) => {
    const found = [...new Set(cells.flatMap(pick))];
    return found.length === 0 ? undefined : found;
  };
  const most = (values: readonly number[]) =>
    values.length === 0 ? undefined : mostOf(values);
  return {
    layouts: names((cell) => cell.layouts.map(({ name }) => name)),
    abis: names(({ abi }) => abi),
    workloads: names(({ workload }) => workload),
    recognitions: names(({ recognition }) => recognition),
    kernel: names((cell) => cell.kernel ?? [])?.[0],
    rounds: most(cells.flatMap(({ rounds }) => rounds ?? [])),
    // Cells may hold less than was planned, such as no build at all.
    builds: most(cells.flatMap(({ builds }) => builds || [])),
    ...config,
    seed,
  };
}
