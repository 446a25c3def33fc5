/**
 * The words of a command that make the same figures again, wherever they then
 * go. A result can be a stranger's: the command that repeats it, which people
 * paste, is `run` with options that decide figures and with nothing else, so
 * that it neither writes a file nor starts a program of theirs.
 */

/** How many words follow an option that decides figures. */
export const REPEATED_OPTIONS: ReadonlyMap<string, 0 | 1> = new Map<
  string,
  0 | 1
>([
  ["--layout", 1],
  ["--abi", 1],
  ["--workload", 1],
  ["--events", 1],
  ["--format", 1],
  ["--recognise", 1],
  ["--kernel", 1],
  ["--submitter", 1],
  ["--device", 1],
  ["--limit", 1],
  ["--scheduler", 1],
  ["--setting", 1],
  ["--sgl", 0],
  ["--sgl-threshold", 1],
  ["--iommu", 0],
  ["--dma-mask", 1],
  ["--force-bounce", 0],
  ["--bounce-pool", 1],
  ["--integrity", 1],
  ["--metadata-sgl", 0],
  ["--topology", 1],
  ["--client", 1],
  ["--p2p-producer", 1],
  ["--no-vmemmap", 0],
  ["--ranges", 1],
  ["--memory-start", 1],
  ["--batch", 1],
  ["--placement", 1],
  ["--ios", 1],
  ["--depth", 1],
  ["--workers", 1],
  ["--devices", 1],
  ["--poll", 0],
  ["--complete-on", 1],
  ["--engine", 1],
  ["--cc", 1],
  ["--counts", 1],
  ["--rounds", 1],
  ["--births", 1],
  ["--width", 1],
  ["--budget", 1],
  ["--cpu", 1],
  ["--by", 1],
  ["--device-model", 1],
  ["--arrivals", 1],
  ["--faults", 1],
  ["--seed", 1],
]);

/** Options that do not; `?` for a word that may follow. */
export const DROPPED_OPTIONS: ReadonlyMap<string, 0 | 1 | "?"> = new Map<
  string,
  0 | 1 | "?"
>([
  ["--json", 1],
  ["--resume", "?"],
  ["--watchdog", 1],
  ["--memory", 1],
  ["--iolog", 1],
  ["--blktrace", 1],
  ["--quiet", 0],
  ["--force", 0],
]);

/**
 * Leaves out what does not decide the figures of a run.
 *
 * @param words The words after `lab`, unquoted.
 * @returns `run` and its options; nothing if there is any other word.
 */
export function repeatingWords(
  words: readonly string[],
): string[] | undefined {
  const kept = ["run"];
  for (let i = words[0] === "run" ? 1 : 0; i < words.length; i++) {
    const word = words[i] as string;
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const follows = REPEATED_OPTIONS.get(name) ?? DROPPED_OPTIONS.get(name);
    if (follows === undefined) return undefined;
    const own: string[] = [word];
    if (equals >= 0) {
      if (follows === 0) return undefined;
    } else if (follows === 1) {
      const value = words[++i];
      if (value === undefined) return undefined;
      own.push(value);
    } else if (follows === "?" && !(words[i + 1] ?? "-").startsWith("-")) i++;
    if (name === "--cc" && !isCompiler(own)) return undefined;
    if (REPEATED_OPTIONS.has(name)) kept.push(...own);
  }
  return kept;
}

/** A name for PATH, never a file that a stranger may have left somewhere. */
function isCompiler(words: readonly string[]): boolean {
  const value = words[1] ?? words[0]?.slice("--cc=".length) ?? "";
  return isProgramName(value);
}

/**
 * Tells the name of a program from a path.
 *
 * @param text The text.
 * @returns Whether it can only mean a program in PATH.
 */
export function isProgramName(text: string): boolean {
  return /^\w[\w.+-]*$/.test(text);
}
