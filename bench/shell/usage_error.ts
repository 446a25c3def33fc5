/**
 * What commander says of a command line that it cannot parse, as the lab says
 * everything else: what it cannot do, what it found, and what it expected.
 */

/** Options that have another name now. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["--births", "--builds"],
]);

/** A sentence of commander's, and ours; `command` is what was typed. */
type Sentence = readonly [
  pattern: RegExp,
  say: (parts: readonly string[], command: string) => string,
];

const SENTENCES: readonly Sentence[] = [
  [
    /^missing required argument '(.*)'$/,
    ([name], command) =>
      `Cannot run ${command}: found no ${name}, expected one (see --help)`,
  ],
  [
    /^required option '(.*)' not specified$/,
    ([flags], command) =>
      `Cannot run ${command}: found no ${flags}, expected it (see --help)`,
  ],
  [
    /^option '(?:-\w, )?(\S+) (.*)' argument missing$/,
    ([flag, value]) => `Cannot use ${flag}: found no value, expected ${value}`,
  ],
  [
    /^option '(\S+).*' cannot be used with option '(\S+).*'$/,
    ([one, other]) =>
      `Cannot use ${one} with ${other}: found both, expected one of them`,
  ],
  [
    /^unknown option '(.*?)'(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s,
    ([option = "", near], command) => {
      const name = RENAMED.get(option.split("=", 1)[0] ?? "");
      if (name !== undefined) {
        return `Cannot use ${option}: found its old name, expected ${name}`;
      }
      return `Cannot use ${option}: found no such option` +
        (near === undefined ? "" : ` (nearest: ${near})`) +
        `, expected one that ${command} --help lists`;
    },
  ],
  [
    /^too many arguments(?: for '.*')?\. Expected (\d+) arguments? but got \d+: (.*)\.$/s,
    ([expected, found], command) =>
      `Cannot run ${command}: found ${found} as arguments, expected ` +
      (expected === "0" ? "none" : `${expected} of them`),
  ],
  [
    /^(?:option '(?:-\w, )?(\S+).*' argument '(.*)' is invalid|command-argument value '(.*)' is invalid for argument '(.*)')\. ?(.*)$/s,
    ([flag, typed, other, argument, why = ""]) => {
      // A reader of names says all of it.
      if (why.startsWith("Cannot ")) return why;
      const found = `found ${JSON.stringify(typed ?? other ?? "")}`;
      const said = why.replace(/\.$/, "")
        .replace(/^Allowed choices are /, `${found}, expected one of: `)
        .replace(/^Found/, "found")
        .replace(/^[Ee]xpected/, `${found}, expected`);
      return `Cannot use ${flag ?? argument}: ${said}`;
    },
  ],
];

/**
 * Says what is wrong with a command line.
 *
 * @param command The command as typed, such as `lab run`.
 * @returns One sentence, without a full stop; commander's own if it is not
 *   known here.
 */
export function usageError(text: string, command: string): string {
  const said = text.trimEnd().replace(/^error: /, "");
  for (const [pattern, say] of SENTENCES) {
    const parts = pattern.exec(said);
    if (parts !== null) return say(parts.slice(1), command);
  }
  return said;
}
