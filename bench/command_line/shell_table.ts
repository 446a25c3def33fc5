/**
 * What completions of all shells are made of: the commands by the words that
 * name them, and their options with the values that are offered.
 */
import {
  type CommandNode,
  commandsOf,
  type OptionNode,
  optionsOf,
  type ValueNode,
} from "./command_tree.ts";

/** The command that `lab` without one means. */
const DEFAULT_COMMAND = "run";

export interface ShellCommand {
  /** Words after the tool's name: none, `run`, `check soak`. */
  readonly key: string;
  readonly node: CommandNode;
  /** Its options; after the tool's name alone, the default command's, too. */
  readonly options: readonly OptionNode[];
  readonly below: readonly CommandNode[];
}

/**
 * Lists what a completion looks up.
 *
 * @returns The tool itself first.
 */
export function shellCommands(tree: CommandNode): readonly ShellCommand[] {
  return commandsOf(tree).map((node) => {
    const key = node.words.slice(1).join(" ");
    const usual = key === ""
      ? tree.commands.find(({ words }) => words.at(-1) === DEFAULT_COMMAND)
      : undefined;
    const own = optionsOf(node);
    const flags = new Set(own.flatMap((option) => option.flags));
    const more = (usual === undefined ? [] : optionsOf(usual))
      .filter((option) => !option.flags.some((flag) => flags.has(flag)));
    return { key, node, options: [...own, ...more], below: node.commands };
  });
}

/**
 * The first sentence or phrase of a description, for lists that a shell shows.
 *
 * @returns It without its default, and cut where a line would be too long.
 */
export function shortText(text: string): string {
  const whole = text.replace(/ \(default: .*$/, "").replaceAll("\n", " ");
  const [first = ""] = whole.split(/; |: (?=[a-z\d_]+, )/);
  return first.length <= 60 ? first : `${first.slice(0, 57).trimEnd()}...`;
}

/**
 * Quotes a word for a POSIX shell, bash or zsh.
 *
 * @returns The word; quoted where it has to be.
 */
export function shellWord(word: string): string {
  return /^[\w,.:=@%+/-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Says how a value is completed, for a shell's function that does it.
 *
 * @returns `names` or `list`, with `file` or `folder` where paths are offered
 *   as well, and the names.
 */
export function offerOf(
  { isList, names, path }: ValueNode,
): readonly [kind: string, path: string, ...names: string[]] {
  return [isList ? "list" : "names", path ?? "none", ...names];
}
