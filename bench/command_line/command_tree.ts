/**
 * What a command line takes, as plain data: read from the commands themselves,
 * so that a completion and the man page say what the help says.
 */
import type { Argument, Command, Option } from "commander";
import { namesOffered } from "../setup/offered_names.ts";

/** What may be where a value is asked for. */
export interface ValueNode {
  /** What stands for it in help, such as `names`. */
  readonly placeholder: string;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
  /** Whether several words may be there. */
  readonly isVariadic: boolean;
  /** Names that are known; there may be others. */
  readonly names: readonly string[];
  readonly isList: boolean;
  /** Whether the path of a file or of a folder may be there. */
  readonly path: "file" | "folder" | undefined;
}

export interface OptionNode {
  /** Its spellings, the short one first: `-h`, `--help`. */
  readonly flags: readonly string[];
  /** Its value; absent: a switch. */
  readonly value?: ValueNode;
  /** What it does, with its choices and its default. */
  readonly text: string;
}

export interface OptionGroup {
  /** The subject, without a colon. */
  readonly title: string;
  readonly options: readonly OptionNode[];
}

export interface ArgumentNode extends ValueNode {
  readonly text: string;
}

export interface CommandNode {
  /** Words that name it: `lab`, `run`. */
  readonly words: readonly string[];
  readonly summary: string;
  /** What follows its words in help. */
  readonly usage: string;
  readonly args: readonly ArgumentNode[];
  readonly groups: readonly OptionGroup[];
  /** What help says after the options; lines of at most 80 columns. */
  readonly notes: string;
  readonly commands: readonly CommandNode[];
}

/**
 * Reads a command and those below it.
 *
 * @param command The command, connected (`connect()`).
 */
export function commandTree(
  command: Command,
  above: readonly string[] = [],
): CommandNode {
  const help = command.createHelp();
  const words = [...above, command.name()];
  const visible = help.visibleOptions(command);
  const groups = help.groupItems(
    [...command.options],
    visible,
    (option) => option.helpGroupHeading ?? "Options:",
  );
  return {
    words,
    summary: command.description(),
    usage: command.usage(),
    args: command.registeredArguments.map(argumentNode),
    groups: [...groups].filter(([, options]) => options.length > 0).map((
      [title, options],
    ) => ({
      title: title.replace(/:$/, ""),
      options: options.map((option) =>
        optionNode(option, help.optionDescription(option))
      ),
    })),
    notes: notesOf(command),
    commands: help.visibleCommands(command)
      // It has every command for its argument, and no option.
      .filter((below) => below.name() !== "help")
      .map((below) => commandTree(below, words)),
  };
}

/**
 * Lists a command and all below it.
 *
 * @returns Each, in the order of help.
 */
export function commandsOf(tree: CommandNode): readonly CommandNode[] {
  return [tree, ...tree.commands.flatMap(commandsOf)];
}

export function optionsOf({ groups }: CommandNode): readonly OptionNode[] {
  return groups.flatMap(({ options }) => options);
}

function optionNode(option: Option, text: string): OptionNode {
  const flags = [option.short, option.long].filter((flag) =>
    flag !== undefined
  );
  if (!option.required && !option.optional) return { flags, text };
  const placeholder = /[<[](.*)[>\]]$/.exec(option.flags)?.[1] ?? "value";
  return {
    flags,
    text,
    value: {
      ...named(placeholder, option),
      // <file[:name]> has a bracket inside.
      isOptional: option.optional && !option.required,
      isVariadic: option.variadic,
    },
  };
}

function argumentNode(argument: Argument): ArgumentNode {
  return {
    ...named(argument.name(), argument),
    isOptional: !argument.required,
    isVariadic: argument.variadic,
    text: argument.description,
  };
}

function named(
  placeholder: string,
  of: Option | Argument,
): Pick<ValueNode, "placeholder" | "names" | "isList" | "path"> {
  const path = /folder|directory/.test(placeholder)
    ? "folder"
    : /file|trace|prefix|\.json|\bbzImage|System\.map/.test(placeholder)
    ? "file"
    : undefined;
  const { names, isList, path: noted } = namesOffered(of);
  return {
    placeholder: placeholder.replace(/\.\.\.$/, ""),
    path: path ?? noted,
    names,
    isList,
  };
}

/** Texts after the options: what the whole help has more than its tables. */
function notesOf(command: Command): string {
  let help = "";
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (text) => help += text });
  command.outputHelp();
  command.configureOutput(before);
  return help.slice(command.helpInformation().length);
}
