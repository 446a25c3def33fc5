/** The completion of the lab for fish, 3.0 or later. */
import type { CommandNode, OptionNode } from "./command_tree.ts";
import { offerOf, shellCommands, shortText } from "./shell_table.ts";

/**
 * Writes the script, for `lab completions fish | source`.
 *
 * @returns The script. It completes `lab` and `deno task lab`.
 */
export function fishCompletion(tree: CommandNode): string {
  const commands = shellCommands(tree);
  const keys = commands.map(({ key }) => key).filter((key) => key !== "");
  const lines = commands.flatMap(({ key, node, options, below }) => [
    ...below.map((command) =>
      complete(key, [
        ...["-x", "-a", quote(command.words.at(-1) ?? "")],
        ...["-d", quote(shortText(command.summary))],
      ])
    ),
    ...options.map((option) => complete(key, optionWords(option))),
    ...node.args.slice(0, 1).flatMap((argument) => {
      const offer = offered(argument);
      return offer === undefined ? [] : [complete(key, ["-a", offer])];
    }),
  ]);
  return `# Completion of the lab for fish: lab completions fish | source

# The words that name the command of the line: nothing, run, check soak.
function __lab_command
    set -l words (commandline -opc)
    set -l found
    for word in $words[2..-1]
        set -l longer (string join ' ' -- $found $word)
        contains -- "$longer" ${keys.map(quote).join(" ")}
        or break
        set found (string split ' ' -- "$longer")
    end
    string join ' ' -- $found
end

function __lab_at
    test (__lab_command | string collect --allow-empty) = "$argv[1]"
end

# Names behind the last comma of a list.
function __lab_list
    set -l current (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l head (string match -r '^.*,' -- $current)
    for name in $argv
        echo -- "$head$name"
    end
end

complete -c lab -f
${lines.join("\n")}

# deno task lab is completed as lab is.
function __lab_task_line
    set -l line (commandline -cp)
    string match -qr '^\\s*deno\\s+task\\s+(?:(?:-q|--quiet)\\s+)?lab(:native|:slurm)?\\s' -- $line
    and string replace -r '^\\s*deno\\s+task\\s+(?:(?:-q|--quiet)\\s+)?lab(:native|:slurm)?\\s+' 'lab ' -- $line
end
complete -c deno -n '__lab_task_line >/dev/null' -f -a '(complete -C (__lab_task_line))'
`;
}

function complete(key: string, words: readonly string[]): string {
  return ["complete -c lab -n", quote(`__lab_at ${quote(key)}`), ...words]
    .join(" ");
}

function optionWords({ flags, value, text }: OptionNode): readonly string[] {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
  );
  const offer = value && offered(value);
  return [
    ...names,
    ...(value === undefined
      ? []
      : [value.path === undefined ? "-x" : value.isOptional ? "-F" : "-rF"]),
    ...(offer === undefined ? [] : ["-a", offer]),
    ...["-d", quote(shortText(text))],
  ];
}

/** What is after -a: names, or a command that gives them. */
function offered(value: Parameters<typeof offerOf>[0]): string | undefined {
  const [kind, , ...names] = offerOf(value);
  const words = names.join(" ");
  if (words === "") {
    return value.path === "folder"
      ? quote("(__fish_complete_directories)")
      : value.path === "file"
      ? quote("(__fish_complete_path (commandline -ct))")
      : undefined;
  }
  return quote(kind === "list" ? `(__lab_list ${words})` : words);
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
