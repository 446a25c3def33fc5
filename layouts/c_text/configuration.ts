/**
 * Which options of the kernel's configuration are set: those that were given,
 * or every combination of those that a text asks for.
 */
import { ABI_NAMES } from "./abi_macros.ts";
import type { Configuration } from "./preprocess.ts";

/** Most options whose combinations are tried: 8 variants. */
const MOST_OPTIONS = 3;

/** A choice of options, which notes what it was asked. */
export class ConfigurationChoice implements Configuration {
  readonly #set: ReadonlySet<string>;
  readonly #asked = new Set<string>();

  /**
   * Makes a choice.
   *
   * @param names The options that are set: `PCI_P2PDMA`, `CONFIG_PCI_P2PDMA` or
   * `CONFIG_PCI_P2PDMA=y`; one with `=n` is not.
   */
  constructor(names: readonly string[]) {
    const given = names.map(configName);
    this.#set = new Set(
      given.flatMap(({ name, isSet }) => isSet ? [name] : []),
    );
    const unset = given.find(({ name, isSet }) =>
      !isSet && this.#set.has(name)
    );
    if (unset === undefined) return;
    throw new RangeError(
      `Cannot set option ${unset.name}: found it both set and not set (=n), ` +
        "expected one of them; every variant is read if no option is given",
    );
  }

  isSet(name: string): boolean {
    this.#asked.add(name);
    return this.#set.has(name);
  }

  /** The options that are set and were asked for. */
  set(): string[] {
    return [...this.#set].filter((name) => this.#asked.has(name)).sort();
  }

  /** The options that are set and that nothing asked for. */
  unasked(): string[] {
    return [...this.#set].filter((name) => !this.#asked.has(name)).sort();
  }

  asked(): string[] {
    return [...this.#asked].sort();
  }
}

function configName(text: string): { name: string; isSet: boolean } {
  const found = /^(?:CONFIG_)?(\w+)(?:=([ymn1]))?$/.exec(text.trim());
  if (found === null) {
    throw new RangeError(
      `Cannot set option ${JSON.stringify(text.slice(0, 60))}, expected a ` +
        `name such as PCI_P2PDMA or CONFIG_PCI_P2PDMA`,
    );
  }
  const name = `CONFIG_${found[1]}`;
  if (ABI_NAMES.has(name)) {
    throw new RangeError(
      `Cannot set option ${name}: whether it is set depends on the ABI, expected ` +
        `--abi with the one that is meant`,
    );
  }
  return { name, isSet: found[2] !== "n" };
}

/** One way to read a text. */
export interface Variant<T> {
  readonly choice: ConfigurationChoice;
  readonly reading: T;
}

/**
 * Reads a text with every combination of the options that it asks for.
 *
 * @param how Which readings are the same, and how to refuse.
 * @returns The different ones, that without options first.
 * @throws {Error} If it asks for more than three, or cannot be read at all.
 */
export function variantsOf<T>(
  read: (choice: ConfigurationChoice) => T,
  how: {
    readonly same: (a: T, b: T) => boolean;
    readonly error: (found: string, expected: string) => Error;
  },
): Variant<T>[] {
  const found: Variant<T>[] = [];
  const tried = new Set<string>();
  const asked = new Set<string>();
  let failure: unknown;
  const open: string[][] = [[]];
  for (let set = open.shift(); set !== undefined; set = open.shift()) {
    const key = set.join(" ");
    if (tried.has(key)) continue;
    tried.add(key);
    const choice = new ConfigurationChoice(set);
    let reading: T | undefined;
    try {
      reading = read(choice);
    } catch (error) {
      failure ??= error;
    }
    for (const name of choice.asked()) asked.add(name);
    if (asked.size > MOST_OPTIONS) {
      throw how.error(
        `conditions on ${asked.size} options (${[...asked].join(", ")})`,
        `at most ${MOST_OPTIONS}, or --config NAME for those that are set`,
      );
    }
    const own = set;
    for (const name of [...asked].sort()) {
      if (!own.includes(name)) open.push([...own, name].sort());
    }
    const isNew = reading !== undefined &&
      !found.some((each) => how.same(each.reading, reading as T));
    if (isNew) found.push({ choice, reading: reading as T });
  }
  if (found.length === 0) throw failure;
  return found;
}
