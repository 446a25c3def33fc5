/** A place in the path, and what kernel functions touch of an object there. */

/** Fields that one kernel function touches. */
export interface TouchingFunction {
  /** The function, an inlined one after the one that it is in. */
  readonly name: string;
  /** Fields that are loaded. */
  readonly reads?: readonly string[];
  /** Fields that are loaded, changed and stored. */
  readonly updates?: readonly string[];
  /** Fields that are stored. */
  readonly writes?: readonly string[];
}

/** A place in the path, and what is touched there of one object. */
export interface TouchSite {
  /** Tag of the struct. */
  readonly struct: string;
  /** The functions, in the order in which they run. */
  readonly functions: readonly TouchingFunction[];
}
