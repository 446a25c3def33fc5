/** What goes wrong between the lab and its engine in C. */

/** The native engine cannot be built, loaded, or used for that. */
export class NativeEngineError extends Error {
  /** Tells it from other errors, also across workers. */
  override readonly name = "NativeEngineError";
}
