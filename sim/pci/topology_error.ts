/**
 * The error of a topology that contradicts itself, with the place.
 */

/** A step into the JSON of a topology. */
export type TopologyPath = readonly (string | number)[];

/** A topology that contradicts itself, with the place of the contradiction. */
export class TopologyError extends RangeError {
  override readonly name = "TopologyError";
  /** Where in the description, such as `["functions", 3, "parent"]`. */
  readonly path: TopologyPath;
  /** What was found, and after a comma what was expected. */
  readonly found: string;

  /**
   * Makes the error.
   *
   * @param found What was found, and after a comma what was expected.
   */
  constructor(found: string, path: TopologyPath) {
    super(`Cannot use topology: ${found}`);
    this.path = path;
    this.found = found;
  }
}

/**
 * Refuses a topology.
 *
 * @param found What was found, and after a comma what was expected.
 * @throws {TopologyError} Always.
 */
export function refuseTopology(found: string, path: TopologyPath): never {
  throw new TopologyError(found, path);
}
