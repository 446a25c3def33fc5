/** The results of one comparison of kernels. */
import type { KernelResult } from "./result.ts";

export interface Compared {
  /** Without the patch. */
  readonly base: KernelResult;
  readonly patched: KernelResult;
  /** The base measured again. */
  readonly control: KernelResult | undefined;
}
