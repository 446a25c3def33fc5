/** Functions that are tried, and arguments that work for them. */

/** A function with arguments that work. */
export interface Entry {
  /** Arguments that work, new ones each time. */
  readonly args: () => readonly unknown[] | Promise<readonly unknown[]>;
  /** How it is called; as a function by default. */
  readonly call?: (...args: never[]) => unknown;
  /** Keys of objects that carry more than what is looked at. */
  readonly loose?: readonly string[];
  /** Lists that may be empty. */
  readonly mayBeEmpty?: readonly string[];
}

/** Functions by their names. */
export type Entries = Readonly<Record<string, Entry>>;
