/**
 * The files that a run reads, with digests of their content: what stands under
 * the same name tomorrow can be another trace.
 */
import { createHash } from "node:crypto";
import { fromFileUrl } from "@std/path";
import { watchOpenedFiles } from "../../sim/workload/trace_files.ts";
import type { LabWarning } from "../experiment/warning.ts";
import type { ResultInput } from "../result.ts";
import { systemReason } from "../system_reason.ts";

/** Traces that come with the lab: its code's digest covers them. */
const SHIPPED = fromFileUrl(new URL("../data/", import.meta.url));

/** What a file looked like. */
interface Look {
  readonly isFile: boolean;
  readonly sizeBytes: number;
  readonly changedMs: number;
}

/** Notes the files that workloads open. */
export class RunInputs {
  readonly #looks = new Map<string, Look | undefined>();
  readonly #inputs = new Map<string, ResultInput>();
  readonly #stop: () => void;

  /** Begins to watch. */
  constructor() {
    this.#stop = watchOpenedFiles((path) => {
      if (path.startsWith(SHIPPED) || this.#looks.has(path)) return;
      this.#looks.set(path, lookAt(path));
    });
  }

  /**
   * Takes the inputs of an earlier part of the run.
   *
   * @param inputs What it noted.
   */
  add(inputs: readonly ResultInput[]): void {
    for (const input of inputs) this.#inputs.set(input.name, input);
  }

  /** All inputs so far, by name. */
  get list(): ResultInput[] {
    return [...this.#inputs.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /**
   * Digests the files that were opened since the last call.
   *
   * @returns A warning for each that changed while it was read.
   */
  async digestNew(): Promise<LabWarning[]> {
    const warnings: LabWarning[] = [];
    for (const [name, before] of this.#looks) {
      if (this.#inputs.has(name)) continue;
      const input = await digestInput(name);
      const after = lookAt(name);
      const isSame = before !== undefined && after !== undefined &&
        before.sizeBytes === after.sizeBytes &&
        before.changedMs === after.changedMs;
      this.#inputs.set(
        name,
        isSame ? input : { ...input, sha256: null },
      );
      if (before?.isFile && !isSame) {
        warnings.push({
          code: "input-changed",
          message: `"${name}" changed while it was read`,
          hint: "run it again on a file that nobody writes to",
        });
      }
    }
    return warnings;
  }

  /** Watches no more. */
  stop(): void {
    this.#stop();
  }
}

/**
 * Refuses to go on with a run whose inputs are not what they were.
 *
 * @param inputs The inputs that the earlier run noted.
 * @param file Its file, for messages.
 * @throws {RangeError} Naming the first input that changed, is gone, or is no
 *   file.
 */
export async function requireSameInputs(
  inputs: readonly ResultInput[],
  file: string,
): Promise<void> {
  for (const { name, sha256 } of inputs) {
    const refuse = (found: string) => {
      throw new RangeError(
        `Cannot resume "${file}": ${found}, expected the input that it was ` +
          "run with",
      );
    };
    if (sha256 === null) {
      refuse(`"${name}" is no file whose content could be compared`);
    }
    let now: ResultInput;
    try {
      now = await digestInput(name);
    } catch (error) {
      return refuse(`"${name}" cannot be read (${systemReason(error)})`);
    }
    if (now.sha256 !== sha256) {
      refuse(
        `"${name}" has changed (SHA-256 ${short(sha256)} then, ` +
          `${short(now.sha256)} now)`,
      );
    }
  }
}

function short(digest: string | null): string {
  return digest === null ? "none" : digest.slice(0, 12);
}

/** The digest of a file; none of a pipe, which can be read only once. */
async function digestInput(name: string): Promise<ResultInput> {
  const look = lookAt(name);
  if (look !== undefined && !look.isFile) {
    return { name, sizeBytes: null, sha256: null };
  }
  using file = await Deno.open(name, { read: true });
  const buffer = new Uint8Array(1 << 20);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for (;;) {
    const got = await file.read(buffer);
    if (got === null) break;
    sizeBytes += got;
    hash.update(buffer.subarray(0, got));
  }
  return { name, sizeBytes, sha256: hash.digest("hex") };
}

/** At once: a file is looked at in the moment in which it is opened. */
function lookAt(path: string): Look | undefined {
  try {
    const { isFile, size, mtime } = Deno.statSync(path);
    return { isFile, sizeBytes: size, changedMs: Number(mtime) };
  } catch {
    return undefined;
  }
}
