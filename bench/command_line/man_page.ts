/** The man page of the lab, in the macros of man(7), from what help says. */
import {
  type ArgumentNode,
  type CommandNode,
  commandsOf,
  type OptionNode,
  type ValueNode,
} from "./command_tree.ts";
import {
  roffArgument,
  roffFilled,
  roffLine,
  roffLiteral,
} from "./roff_text.ts";

export interface ManPageFacts {
  readonly version: string;
  readonly statuses: readonly (readonly [status: number, meaning: string])[];
  readonly environment: readonly (readonly [name: string, what: string])[];
}

/**
 * Writes the man page of a command line, all its commands in one.
 *
 * @param tree The command line, or one of its commands.
 * @returns roff, for `man -l`.
 */
export function manPage(tree: CommandNode, facts: ManPageFacts): string {
  const [name = "", ...more] = tree.words;
  const page = [name, ...more].join("-");
  const commands = commandsOf(tree);
  return [
    // No date: the same version is the same page.
    `.TH ${roffArgument(page.toUpperCase())} 1 "" ${
      roffArgument(facts.version)
    } "User Commands"`,
    // Names keep whole, and spaces single.
    ".nh",
    ".ad l",
    ".SH NAME",
    `${roffLine(page)} \\- ${roffLine(tree.summary)}`,
    ".SH SYNOPSIS",
    ...commands.filter(isRun).flatMap(synopsis).slice(1),
    ".SH DESCRIPTION",
    ...description(tree),
    ...commands.flatMap((command) => commandSection(command, tree)),
    '.SH "EXIT STATUS"',
    ...facts.statuses.flatMap(([status, meaning]) =>
      tagged(`\\fB${status}\\fR`, meaning)
    ),
    ".SH ENVIRONMENT",
    ...facts.environment.flatMap(([variable, what]) =>
      tagged(bold(variable), what)
    ),
    "",
  ].join("\n");
}

/** Whether a command does something itself, and not only those below it. */
function isRun({ words, commands, args }: CommandNode): boolean {
  return words.length === 1 || commands.length === 0 || args.length > 0;
}

function synopsis({ words, args, commands }: CommandNode): string[] {
  const values = commands.length > 0 ? [] : args.map(synopsisArgument);
  const command = commands.length > 0 ? ["\\fIcommand\\fR", "..."] : [];
  return [
    ".br",
    [bold(words.join(" ")), "[\\fIoptions\\fR]", ...command, ...values]
      .join(" "),
  ];
}

function synopsisArgument(argument: ArgumentNode): string {
  const { placeholder, isOptional, isVariadic } = argument;
  const text = `\\fI${roffLine(placeholder)}\\fR${isVariadic ? "..." : ""}`;
  return isOptional ? `[${text}]` : text;
}

function description({ words, summary, commands }: CommandNode): string[] {
  return [
    ...roffFilled(`${summary}.`),
    ...(commands.length === 0 ? [] : [
      ".PP",
      "Its commands, each with a section below:",
      ...commands.flatMap((command) =>
        tagged(
          bold(command.words.slice(words.length).join(" ")),
          command.summary,
        )
      ),
    ]),
  ];
}

function commandSection(command: CommandNode, page: CommandNode): string[] {
  const { words, args, groups, notes, summary } = command;
  const isPage = command === page;
  const text = notes.replaceAll(/^\n+|\n+$/g, "");
  return [
    `.SH ${
      roffArgument((isPage ? ["options"] : words).join(" ").toUpperCase())
    }`,
    ...(isPage ? [] : roffFilled(`${summary}.`)),
    ...(args.length === 0 ? [] : [
      ".SS Arguments",
      ...args.flatMap((argument) =>
        tagged(synopsisArgument(argument), argument.text)
      ),
    ]),
    ...groups.flatMap(({ title, options }) => [
      `.SS ${roffArgument(title)}`,
      ...options.flatMap((option) => tagged(optionTerm(option), option.text)),
    ]),
    ...(text === "" ? [] : [".SS Notes", roffLiteral(text)]),
  ];
}

function optionTerm({ flags, value }: OptionNode): string {
  return flags.map(bold).join(", ") +
    (value === undefined ? "" : ` ${optionValue(value)}`);
}

function optionValue({ placeholder, isOptional, isVariadic }: ValueNode) {
  const text = `\\fI${roffLine(placeholder)}\\fR${isVariadic ? "..." : ""}`;
  return isOptional ? `[${text}]` : text;
}

function bold(text: string): string {
  return `\\fB${roffLine(text)}\\fR`;
}

function tagged(term: string, text: string): string[] {
  return [".TP", term, ...roffFilled(text)];
}
