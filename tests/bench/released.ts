/**
 * What a worker that hangs finds in its first word of progress once its test
 * has seen enough: terminate() ends none that spins or waits (Deno 2.9), and it
 * would take a CPU from all tests that come after.
 */
export const RELEASED = -1;
