/**
 * How fast the cache model is, beside the same algorithm in C at -O2, and how
 * fast the readers of address traces are. One iteration is 2^20 references, so
 * that milliseconds an iteration are nanoseconds a reference, nearly (x 0.95).
 *
 *     deno bench --allow-read --allow-write --allow-run=cc --allow-ffi \
 *       bench/cache_bench.ts
 *
 * Without the last three permissions the C contender is left out.
 */
import { type ContenderTask, REFERENCES } from "./native/cache/contender.ts";

const TRACE =
  new URL("../tests/data/cache/ls.trace.gz", import.meta.url).pathname;
const SOURCE =
  new URL("./native/cache/cache_model.c", import.meta.url).pathname;

/** Builds the C twin; undefined where that is not permitted or not possible. */
async function buildLibrary(): Promise<string | undefined> {
  const needed: Deno.PermissionDescriptor[] = [
    { name: "run", command: "cc" },
    { name: "write" },
    { name: "ffi" },
  ];
  for (const permission of needed) {
    const { state } = await Deno.permissions.query(permission);
    if (state !== "granted") return undefined;
  }
  const library = `${await Deno.makeTempDir()}/cache_model.so`;
  const args = ["-O2", "-shared", "-fPIC", "-o", library, SOURCE];
  const built = await new Deno.Command("cc", { args }).output()
    .catch(() => undefined);
  return built?.success ? library : undefined;
}

/** A worker that runs one task whenever it is asked to. */
function startContender(task: ContenderTask) {
  let worker: Worker | undefined;
  const ask = (message: ContenderTask | "run") => {
    worker ??= new Worker(
      new URL("./native/cache/contender.ts", import.meta.url),
      { type: "module" },
    );
    const running = worker;
    return new Promise<number>((resolve, reject) => {
      running.onmessage = ({ data }) => resolve(data);
      running.onerror = (event) => reject(new Error(event.message));
      running.postMessage(message);
    });
  };
  let isReady = false;
  return async (bench: Deno.BenchContext): Promise<void> => {
    // Born at its turn and warmed up there; idle workers of other contenders
    // take no time.
    if (!isReady) {
      await ask(task);
      for (let round = 0; round < 30; round++) await ask("run");
      isReady = true;
    }
    bench.start();
    await ask("run");
    bench.end();
  };
}

const library = await buildLibrary();

for (
  const [trace, what] of [["hits", "mostly hits"], [TRACE, "ls"]] as const
) {
  const group = `cache model, ${REFERENCES} references, ${what}`;
  Deno.bench({
    name: `C at -O2, ${what}`,
    group,
    baseline: true,
    ignore: library === undefined,
    fn: startContender({ contender: "c", trace, library: library ?? "" }),
  });
  Deno.bench({
    name: `createHierarchy().run(), ${what}`,
    group,
    baseline: library === undefined,
    fn: startContender({ contender: "model", trace }),
  });
}

for (const format of ["lackey", "din"] as const) {
  Deno.bench({
    name: `readAddressTrace(), ${format}, ${REFERENCES} lines of ls`,
    group: "readers",
    fn: startContender({ contender: "reader", trace: TRACE, format }),
  });
}
