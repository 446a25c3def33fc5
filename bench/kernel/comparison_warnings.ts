/** What makes the results of a comparison unlike, in words. */
import type { KernelResult } from "./result.ts";

export interface Compared {
  /** Without the patch. */
  readonly base: KernelResult;
  readonly patched: KernelResult;
  /** The base measured again. */
  readonly control: KernelResult | undefined;
}

/**
 * Returns what a reader must know before believing a comparison, one sentence
 * each.
 */
export function comparisonWarnings(compared: Compared): string[] {
  const { base, patched, control } = compared;
  const warnings: string[] = [];
  const results = [base, patched, ...(control === undefined ? [] : [control])];
  const unlike = (what: string, of: (result: KernelResult) => string) => {
    const found = [...new Set(results.map(of))];
    if (found.length > 1) warnings.push(`${what} differ: ${found.join("; ")}`);
  };
  unlike("controllers", (result) => result.controller);
  unlike("versions of QEMU", (result) => split(result.qemu).version);
  unlike("QEMU's arguments", (result) => split(result.qemu).args);
  unlike("I/Os before the nine", (result) => String(result.warmup));
  unlike("queue settings", (result) => result.queue.join(", "));
  for (const name of Object.keys(base.workloads)) {
    if (results.every(({ workloads }) => workloads[name] !== undefined)) {
      unlike(
        `what ${name} does`,
        ({ workloads }) => workloads[name]?.desc ?? "",
      );
    }
  }
  const only = [
    ...Object.keys(base.workloads).filter((name) => !patched.workloads[name]),
    ...Object.keys(patched.workloads).filter((name) => !base.workloads[name]),
  ];
  if (only.length > 0) {
    warnings.push(`workloads of one result alone: ${only.join(", ")}`);
  }
  if (base.version === patched.version) {
    warnings.push(
      `both results are of one build (${base.kernel} ${base.version})`,
    );
  }
  if (control === undefined) {
    warnings.push(
      "no --control: noise is what nine I/Os of one boot differ by, not what " +
        "two boots do",
    );
  } else if (
    control.kernel !== base.kernel || control.version !== base.version
  ) {
    warnings.push(
      `the control is another build than the base (${control.kernel} ` +
        `${control.version}): its noise is not the base's`,
    );
  }
  return warnings;
}

/** QEMU's version, and its arguments without the kernel's path. */
function split(qemu: string): { version: string; args: string } {
  const [version = "", ...rest] = qemu.split(":");
  return {
    version,
    args: rest.join(":").replace(/ -kernel .*? -initrd /, " -initrd ").trim(),
  };
}
