/**
 * The words of a command that make the same figures again, wherever they then
 * go. A result can be a stranger's: the command that repeats it, which people
 * paste, must not replace a file of theirs.
 */

/** Options that say where output goes, with how many words follow them. */
const OUTPUT_OPTIONS: ReadonlyMap<string, number> = new Map([
  ["--json", 1],
  ["--resume", 0],
  ["--watchdog", 1],
  ["--memory", 1],
  ["--iolog", 1],
  ["--blktrace", 1],
  ["--quiet", 0],
  ["--force", 0],
]);

/**
 * Leaves out where the output of a run goes.
 *
 * @param words The words after `lab`, unquoted.
 * @returns Those that decide the figures, `run` first.
 */
export function repeatingWords(words: readonly string[]): string[] {
  const kept = words.includes("run") ? [] : ["run"];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const [name = ""] = word.split("=", 1);
    const follow = OUTPUT_OPTIONS.get(name);
    if (follow === undefined) kept.push(word);
    else if (word === "--resume") i += isOption(words[i + 1]) ? 0 : 1;
    else if (!word.includes("=")) i += follow;
  }
  return kept;
}

function isOption(word: string | undefined): boolean {
  return word === undefined || word.startsWith("-");
}
