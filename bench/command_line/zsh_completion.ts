/** The completion of the lab for zsh, 5.0 or later. */
import type { CommandNode, OptionNode, ValueNode } from "./command_tree.ts";
import {
  offerOf,
  type ShellCommand,
  shellCommands,
  shellWord,
  shortText,
} from "./shell_table.ts";

/**
 * Writes the script, for a file `_lab` in a folder of `$fpath`, or for `source
 * <(lab completions zsh)` after `compinit`.
 *
 * @returns The script. It completes `lab` and `deno task lab`.
 */
export function zshCompletion(tree: CommandNode): string {
  const commands = shellCommands(tree);
  const keys = commands.map(({ key }) => key).filter((key) => key !== "");
  return `#compdef lab
# Completion of the lab for zsh: source <(lab completions zsh)

# Names of a value, or paths, or both; behind the last comma of a list.
_lab_offer() {
  local kind=$1 place=$2
  shift 2
  [[ $kind == list ]] && compset -P '*,'
  if (( $# )); then
    if [[ $kind == list ]]; then
      compadd -qS , -- "$@"
    elif [[ $1 == *= ]]; then
      compadd -S '' -- "$@"
    else
      compadd -- "$@"
    fi
  fi
  case $place in
    file) _files ;;
    folder) _files -/ ;;
  esac
}

_lab_below() {
  local -a below
  case $1 in
${
    commands.filter(({ below }) => below.length > 0).map(({ key, below }) =>
      `    '${key}') below=(${
        below.map(({ words, summary }) =>
          quote(`${words.at(-1)}:${shortText(summary)}`)
        ).join(" ")
      }) ;;`
    ).join("\n")
  }
  esac
  _describe -t commands command below
}

_lab() {
  local command= longer
  local -i index=2
  while (( index < CURRENT )); do
    longer="\${command:+$command }$words[index]"
    case $longer in
      (${keys.map((key) => `'${key}'`).join("|")}) command=$longer ;;
      (*) break ;;
    esac
    (( index++ ))
  done
  # _arguments counts from the command's own name.
  words=(lab "\${(@)words[index,-1]}")
  (( CURRENT -= index - 2 ))
  case $command in
${commands.map(armOf).join("\n")}
  esac
}

_lab_deno() {
  local -i task=3
  [[ $words[3] == (-q|--quiet) ]] && task=4
  if [[ $words[2] == task && $words[task] == lab(|:native|:slurm) ]] && (( CURRENT > task )); then
    words=(lab "\${(@)words[task+1,-1]}")
    (( CURRENT -= task - 1 ))
    _lab
  elif (( $+functions[_deno] )); then
    _deno "$@"
  else
    _default
  fi
}

if [[ $funcstack[1] == _lab ]]; then
  _lab "$@"
else
  compdef _lab lab
  compdef _lab_deno deno
fi
`;
}

function armOf({ key, node, options, below }: ShellCommand): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...(below.length > 0
      ? [quote(`1:command: _lab_below ${shellWord(key)}`)]
      : []),
    ...node.args.filter(() => below.length === 0).map((value, at) =>
      quote(
        `${value.isVariadic ? "*" : String(at + 1)}:${
          escaped(value.placeholder)
        }: ${action(value)}`,
      )
    ),
  ];
  return `    ('${key}') _arguments -S -s ${specs.join(" \\\n      ")} ;;`;
}

/** Each spelling by itself; one that was typed is not offered again. */
function optionSpecs({ flags, value, text }: OptionNode): string[] {
  const described = `[${escaped(shortText(text))}]`;
  return flags.map((flag) => {
    const repeated = value?.isList || value?.isVariadic ? "*" : "";
    if (value === undefined) return quote(`${flag}${described}`);
    const colon = value.isOptional ? "::" : ":";
    const name = flag.startsWith("--") ? `${flag}=` : `${flag}+`;
    return quote(
      `${repeated}${name}${described}${colon}${escaped(value.placeholder)}: ${
        action(value)
      }`,
    );
  });
}

function action(value: ValueNode): string {
  return `_lab_offer ${
    offerOf(value).map((word) => shellWord(word).replaceAll(":", "\\:"))
      .join(" ")
  }`;
}

/** What _arguments would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
