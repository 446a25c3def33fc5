/** Starts contenders of the cache benches and builds the twin in C. */
import type { ContenderTask } from "./contender.ts";
import type { SpeedAnswer } from "./timed_work.ts";

const SOURCE = new URL("./cache_model.c", import.meta.url).pathname;

/** A worker with its task. */
export interface RunningContender {
  /** Runs the task once. */
  readonly run: () => Promise<SpeedAnswer>;
  /** Ends the worker. */
  readonly close: () => void;
}

export async function startContender(
  task: ContenderTask,
): Promise<RunningContender> {
  const url = new URL("./contender.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const ask = (message: ContenderTask | "run") =>
    new Promise<SpeedAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
  await ask(task);
  return { run: () => ask("run"), close: () => worker.terminate() };
}

/**
 * Builds the C twin at -O2.
 *
 * @returns Path of the library; undefined where that is not permitted or not
 *   possible.
 */
export async function buildTwin(): Promise<string | undefined> {
  const needed: Deno.PermissionDescriptor[] = [
    { name: "run", command: "cc" },
    { name: "write" },
    { name: "ffi" },
  ];
  for (const permission of needed) {
    const { state } = await Deno.permissions.query(permission);
    if (state !== "granted") return undefined;
  }
  const folder = await Deno.makeTempDir({ prefix: "bvec-lab-" });
  globalThis.addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  const library = `${folder}/cache_model.so`;
  const args = ["-O2", "-shared", "-fPIC", "-o", library, SOURCE];
  const built = await new Deno.Command("cc", { args }).output()
    .catch(() => undefined);
  return built?.success ? library : undefined;
}
