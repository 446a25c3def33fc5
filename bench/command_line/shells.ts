/**
 * The shells that have a completion. Adding one is: its file, its test, one
 * line here.
 */
import { bashCompletion } from "./bash_completion.ts";
import type { CommandNode } from "./command_tree.ts";
import { fishCompletion } from "./fish_completion.ts";
import { zshCompletion } from "./zsh_completion.ts";

/** By the shell's name, what writes its script. */
export const SHELLS: Readonly<Record<string, (tree: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};
