/**
 * The files that a run reads, with digests of their content: what is under the
 * same name tomorrow can be another trace.
 */
import { createHash } from "node:crypto";
import { fromFileUrl } from "@std/path";
import {
  hostValue,
  isHostValue,
  watchHostValues,
} from "../../sim/workload/fio_host.ts";
import {
  perCpuFiles,
  watchOpenedFiles,
} from "../../sim/workload/trace_files.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { ResultInput } from "../files/result_input.ts";
import { systemReason } from "../files/system_reason.ts";

/** Traces that come with the lab: its code's digest covers them. */
const SHIPPED = fromFileUrl(new URL("../data/", import.meta.url));

interface Look {
  readonly isFile: boolean;
  readonly sizeBytes: number;
  readonly changedMs: number;
  /** Which file it is: another one can have its name, size and time. */
  readonly id: string;
}

/** Notes what workloads read: files, streams, and values of this machine. */
export class RunInputs {
  /** What files looked like when they were opened first. */
  readonly #looks = new Map<string, Look | undefined>();
  /** Files that were opened since the last digest. */
  readonly #opened = new Set<string>();
  /** Files that were not the same for all who read them. */
  readonly #changed = new Set<string>();
  readonly #told = new Set<string>();
  readonly #inputs = new Map<string, ResultInput>();
  readonly #streams: WorkloadInputs;
  readonly #stop: () => void;

  /**
   * Begins to watch.
   *
   * @param streams Workloads that are not files; they can be read again.
   */
  constructor(streams: WorkloadInputs = new Map()) {
    this.#streams = streams;
    const stops = [
      watchOpenedFiles((path) => this.#open(path)),
      watchHostValues((name) => this.#inputs.set(name, hostInput(name))),
    ];
    this.#stop = () => stops.forEach((stop) => stop());
  }

  /**
   * Takes the inputs of an earlier part of the run.
   *
   * @param inputs What it noted; they were compared with what is there.
   */
  add(inputs: readonly ResultInput[]): void {
    for (const input of inputs) {
      this.#inputs.set(input.name, input);
      this.#looks.set(input.name, lookAt(input.name));
    }
  }

  get list(): ResultInput[] {
    return [...this.#inputs.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /**
   * Digests the files that were opened since the last call, and the streams.
   *
   * @returns A warning for each file that changed since it was opened first.
   */
  async digestNew(): Promise<LabWarning[]> {
    const warnings: LabWarning[] = [];
    for (const [name, open] of this.#streams) {
      if (this.#inputs.has(name)) continue;
      this.#inputs.set(name, { name, ...await digestOf(open()) });
    }
    for (const name of this.#opened) {
      const before = this.#looks.get(name);
      if (before?.isFile === false) {
        this.#inputs.set(name, unknown(name));
        continue;
      }
      if (!this.#inputs.has(name)) {
        // A file that is gone has no digest; its cell stays valid.
        const input = await digestInput(name).catch(() => unknown(name));
        this.#inputs.set(name, input);
      }
      if (!isSame(before, lookAt(name))) this.#changed.add(name);
      if (!this.#changed.has(name) || this.#told.has(name)) continue;
      this.#told.add(name);
      this.#inputs.set(name, unknown(name));
      warnings.push({
        code: "input-changed",
        message: `"${name}" changed while the run read it`,
        hint: "run it again on a file that is not being written",
      });
    }
    this.#opened.clear();
    return warnings;
  }

  stop(): void {
    this.#stop();
  }

  #open(path: string): void {
    if (path.startsWith(SHIPPED)) return;
    const look = lookAt(path);
    // Each cell opens it again: all must see the same.
    if (!this.#looks.has(path)) this.#looks.set(path, look);
    else if (!isSame(this.#looks.get(path), look)) this.#changed.add(path);
    this.#opened.add(path);
  }
}

/**
 * Refuses to continue with a run whose inputs are not what they were.
 *
 * @param options What this run has read already, standard input among it, and
 *   what is done with the earlier one.
 * @throws {RangeError} Naming the first input that changed, is gone, or is not
 * a file.
 */
export async function requireSameInputs(
  inputs: readonly ResultInput[],
  file: string,
  { read = [], verb = "resume" }: {
    readonly read?: readonly ResultInput[] | undefined;
    readonly verb?: "resume" | "repeat";
  } = {},
): Promise<void> {
  const refuse = (found: string) => {
    throw new RangeError(
      `Cannot ${verb} "${file}": ${found}, expected the input that it was ` +
        "run with",
    );
  };
  for (const { name, sha256 } of inputs) {
    if (sha256 === null) {
      refuse(`"${name}" is not a file whose content could be compared`);
    }
    let now: ResultInput;
    try {
      now = read.find((one) => one.name === name) ??
        (isHostValue(name) ? hostInput(name) : await digestInput(name));
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
  const names = new Set(inputs.map(({ name }) => name));
  for (const name of names) {
    if (isHostValue(name)) continue;
    // A trace is all files of its prefix, one for each CPU.
    const more = (await perCpuFiles(name)).find((other) => !names.has(other));
    if (more !== undefined) {
      refuse(`"${more}" was not there when "${name}" was read`);
    }
  }
}

function short(digest: string | null): string {
  return digest === null ? "none" : digest.slice(0, 12);
}

/** What cannot be compared. */
function unknown(name: string): ResultInput {
  return { name, sizeBytes: null, sha256: null };
}

/** A value that a job file asks this machine for, such as `${FIO_SIZE}`. */
function hostInput(name: string): ResultInput {
  return inputOf(name, new TextEncoder().encode(hostValue(name) ?? ""));
}

/**
 * Names what was read whole.
 *
 * @param name What it is called; `-` is standard input.
 */
export function inputOf(name: string, bytes: Uint8Array): ResultInput {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, sizeBytes: bytes.length, sha256 };
}

/**
 * Digests a file.
 *
 * @returns The input; without a digest for a pipe, which can be read only once.
 * @throws {Deno.errors.NotFound} If it is not there; other errors of the system
 *   as they come.
 */
export async function digestInput(name: string): Promise<ResultInput> {
  const look = lookAt(name);
  if (look !== undefined && !look.isFile) return unknown(name);
  using file = await Deno.open(name, { read: true });
  return { name, ...await digestOf(chunksOf(file)) };
}

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(1 << 20);
  for (;;) {
    const got = await file.read(buffer);
    if (got === null) return;
    yield buffer.subarray(0, got);
  }
}

async function digestOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Omit<ResultInput, "name">> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    hash.update(chunk);
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** At once: a file is looked at in the moment in which it is opened. */
function lookAt(path: string): Look | undefined {
  try {
    const { isFile, size, mtime, dev, ino } = Deno.statSync(path);
    return {
      isFile,
      sizeBytes: size,
      changedMs: Number(mtime),
      id: `${dev}:${ino}`,
    };
  } catch {
    return undefined;
  }
}

function isSame(one: Look | undefined, other: Look | undefined): boolean {
  return one !== undefined && other !== undefined && one.id === other.id &&
    one.sizeBytes === other.sizeBytes && one.changedMs === other.changedMs;
}
