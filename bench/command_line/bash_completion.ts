/** The completion of the lab for bash, 4.0 or later; it needs nothing else. */
import type { CommandNode } from "./command_tree.ts";
import {
  offerOf,
  type ShellCommand,
  shellCommands,
  shellWord,
} from "./shell_table.ts";

/** Offers what fits the word that is completed. */
const OFFER =
  `# The word that is completed, its beginning up to a comma, and what fits it.
_lab_offer() {
  local kind=$1 path=$2 head= tail=$_lab_current name
  shift 2
  if [[ $kind == list && $tail == *,* ]]; then
    head=\${tail%,*},
    tail=\${tail##*,}
  fi
  for name; do
    [[ $name == "$tail"* ]] && COMPREPLY+=("$head$name")
  done
  case $path in
    file) compopt -o filenames 2>/dev/null
      while IFS= read -r name; do COMPREPLY+=("$head$name"); done \\
        < <(compgen -f -- "$tail") ;;
    folder) compopt -o filenames 2>/dev/null
      while IFS= read -r name; do COMPREPLY+=("$head$name"); done \\
        < <(compgen -d -- "$tail") ;;
  esac
}
`;

/** What bash calls, for `lab` and for `deno task lab`. */
const REGISTRATION = `_lab() {
  COMPREPLY=()
  _lab_line "\${COMP_LINE:0:COMP_POINT}"
}

# deno's own completion, loaded before or not, knows names of tasks alone.
_lab_deno_before=$(complete -p deno 2>/dev/null)
[[ $_lab_deno_before =~ -F[[:space:]]+([^[:space:]]+) ]] &&
  [[ \${BASH_REMATCH[1]} != _lab_deno ]] && _lab_deno_function=\${BASH_REMATCH[1]}
_lab_deno() {
  local line=\${COMP_LINE:0:COMP_POINT}
  COMPREPLY=()
  if [[ $line =~ ^[[:space:]]*deno[[:space:]]+task[[:space:]]+((-q|--quiet)[[:space:]]+)?lab(:native|:slurm)?[[:space:]] ]]; then
    _lab_line "lab \${line:\${#BASH_REMATCH[0]}}"
  elif [[ -n $_lab_deno_function ]]; then
    "$_lab_deno_function" "$@"
  fi
}

complete -F _lab lab
complete -o default -F _lab_deno deno
`;

/**
 * Writes the script, for `source <(lab completions bash)`.
 *
 * @returns The script. It completes `lab` and, where deno's own completion
 *   would know the task's name alone, `deno task lab`.
 */
export function bashCompletion(tree: CommandNode): string {
  const commands = shellCommands(tree);
  return [
    "# Completion of the lab for bash: source <(lab completions bash)\n",
    OFFER,
    wordsFunction(commands),
    valueFunction(commands),
    lineFunction(commands),
    REGISTRATION,
  ].join("\n");
}

/** The words of a command: those below it, and its options. */
function wordsFunction(commands: readonly ShellCommand[]): string {
  const words = commands.map(({ key, options, below }) =>
    arm(
      [key],
      `_lab_found=(${
        [
          ...below.map(({ words }) => words.at(-1) ?? ""),
          ...options.flatMap(({ flags }) => flags),
        ].map(shellWord).join(" ")
      })`,
    )
  );
  return `# The words of a command: those below it, and its options.
_lab_words() {
  case $1 in
${words.join("\n")}
  esac
}
`;
}

/** The values of options, and what stands for an argument. */
function valueFunction(commands: readonly ShellCommand[]): string {
  const patterns = new Map<string, string[]>();
  const note = (pattern: string, offer: readonly string[]) => {
    const call = `_lab_offer ${offer.map(shellWord).join(" ")}`;
    patterns.set(call, [...patterns.get(call) ?? [], pattern]);
  };
  for (const { key, node, options } of commands) {
    for (const { flags, value } of options) {
      if (value === undefined) continue;
      for (const flag of flags) note(`${key} ${flag}`, offerOf(value));
    }
    const [first] = node.args;
    if (first !== undefined) note(`${key} <>`, offerOf(first));
  }
  const values = [...patterns].map(([call, keys]) => arm(keys, call));
  return `# The value of an option, or the argument <>, of a command; fails without one.
_lab_value() {
  case "$1 $2" in
${values.join("\n")}
    *) return 1 ;;
  esac
}
`;
}

/** The command that a line is of, and what fits after it. */
function lineFunction(commands: readonly ShellCommand[]): string {
  const keys = commands.flatMap(({ key }) => key === "" ? [] : [pattern(key)]);
  return `# Completes a line, of which $1 is what stands in front of the cursor.
_lab_line() {
  local -a words _lab_found=()
  local command= option= _lab_current= index name
  read -ra words <<<"$1"
  [[ $1 == *[[:space:]] ]] && words+=("")
  (( \${#words[@]} < 2 )) && return
  _lab_current=\${words[-1]}
  for (( index = 1; index < \${#words[@]} - 1; index++ )); do
    name="\${command:+$command }\${words[index]}"
    case $name in
      ${keys.join("|")}) command=$name ;;
      *) break ;;
    esac
  done
  option=\${words[-2]}
  if [[ $_lab_current == --*=* ]]; then
    option=\${_lab_current%%=*}
    _lab_current=\${_lab_current#*=}
  fi
  if [[ $option == -* ]] && _lab_value "$command" "$option"; then
    :
  elif [[ $_lab_current == -* ]]; then
    _lab_words "$command"
    for name in "\${_lab_found[@]}"; do
      [[ $name == "$_lab_current"* ]] && COMPREPLY+=("$name")
    done
  else
    _lab_words "$command"
    for name in "\${_lab_found[@]}"; do
      [[ $name != -* && $name == "$_lab_current"* ]] && COMPREPLY+=("$name")
    done
    _lab_value "$command" "<>"
    # Options where there is nothing else to say.
    [[ -z $_lab_current && \${#COMPREPLY[@]} == 0 ]] &&
      COMPREPLY=("\${_lab_found[@]}")
  fi
  # bash replaces what stands behind the last of these alone.
  for name in = :; do
    [[ $COMP_WORDBREAKS == *$name* && $_lab_current == *$name* ]] || continue
    option=\${_lab_current%"\${_lab_current##*$name}"}
    COMPREPLY=("\${COMPREPLY[@]#"$option"}")
  done
  if (( \${#COMPREPLY[@]} == 1 )) && [[ \${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
  return 0
}
`;
}

function arm(keys: readonly string[], action: string): string {
  return `    ${keys.map(pattern).join("|")}) ${action} ;;`;
}

/** A pattern that a text alone matches. */
function pattern(key: string): string {
  return `'${key.replaceAll("'", "'\\''")}'`;
}
