/** What a worker that threw answers instead of what it was asked. */

/** A worker that could not do what it was asked. */
export interface Failure {
  readonly kind: "failure";
  readonly name: string;
  readonly message: string;
}

/** Makes the answer of a worker that threw. */
export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error
    ? error
    : new Error(String(error));
  return { kind: "failure", name, message };
}
