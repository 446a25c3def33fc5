/**
 * Names that an option or an argument takes, for the completion of a shell:
 * what is offered is what the reader of the option knows.
 */
import type { Argument, Command, Option } from "commander";

export interface OfferedNames {
  /** The names; others, such as a file, may be taken as well. */
  readonly names: readonly string[];
  /** Whether several are taken, comma-separated. */
  readonly isList: boolean;
  /** Whether the path of a file may be there as well. */
  readonly path?: "file";
}

const offered = new WeakMap<Option | Argument, OfferedNames>();

export function offerNames(
  option: Option | Argument,
  names: OfferedNames,
): void {
  offered.set(option, names);
}

/**
 * Notes the names of options that a command has.
 *
 * @param names The names by option, such as `--mode`; after `list:` those of
 * which several are taken.
 * @throws {TypeError} If the command has no such option.
 */
export function offerOptionNames<Made extends Command>(
  command: Made,
  names: Readonly<Record<string, readonly string[]>>,
): Made {
  for (const [key, known] of Object.entries(names)) {
    const isList = key.startsWith("list:");
    const flag = isList ? key.slice("list:".length) : key;
    const option = command.options.find(({ long }) => long === flag);
    if (option === undefined) {
      throw new TypeError(
        `Cannot offer names of ${flag}: found no such option of ` +
          `${command.name()}, expected one that it has`,
      );
    }
    offered.set(option, { names: known, isList });
  }
  return command;
}

/**
 * Returns the names of an option.
 *
 * @returns Its names; its choices where none were noted; none if it has none.
 */
export function namesOffered(option: Option | Argument): OfferedNames {
  return offered.get(option) ??
    { names: option.argChoices ?? [], isList: false };
}
