import { assertEquals } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { compilesAtOnce } from "../../../bench/machine/v8_flags.ts";

const AT_ONCE = "--no-concurrent-recompilation";

Deno.test("compilesAtOnce() is true where the flag is given, and not taken back", () => {
  for (
    const flags of [
      AT_ONCE,
      `--expose-gc, ${AT_ONCE.replaceAll("-", "_").replace("__", "--")}`,
      `--concurrent-recompilation,${AT_ONCE},--max-inlined-bytecode-size=4000`,
      "--noconcurrent-recompilation",
    ]
  ) assertEquals(compilesAtOnce(flags), true, flags);
  for (
    const flags of [
      ...[null, "", "--concurrent-recompilation", `${AT_ONCE}-delay=0`],
      `${AT_ONCE},--concurrent-recompilation`,
    ]
  ) assertEquals(compilesAtOnce(flags), false, `${flags}`);
});

Deno.test("the tasks that time isolates have V8 compile at once", () => {
  const flagsOf = (name: "lab" | "lab:native" | "check:timing") =>
    / DENO_V8_FLAGS=(\S+) /.exec(config.tasks[name].command)?.[1] ?? null;
  for (const name of ["lab", "lab:native", "check:timing"] as const) {
    assertEquals(compilesAtOnce(flagsOf(name)), true, name);
  }
});

/** kTurboFanned of V8's OptimizationStatus (runtime.h). */
const TURBOFANNED = 1 << 5;

/** Calls a function of a worker, and looks at once what runs it next. */
const WORKER = `
  const memory = new Int32Array(16);
  const add = (_, at) => { memory[at & 15] = (memory[at & 15] + at) | 0; };
  const status = new Function("add", "return %GetOptimizationStatus(add)");
  new Int8Array(40000).forEach(add);
  postMessage(status(add));
`;

Deno.test("V8 is through with compiling as soon as a function was called often enough", async () => {
  const code = `
    const source = URL.createObjectURL(
      new Blob([${JSON.stringify(WORKER)}], { type: "text/javascript" }));
    const found = [];
    for (let i = 0; i < 4; i++) {
      const worker = new Worker(source, { type: "module" });
      found.push(await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data & ${TURBOFANNED});
      }));
      worker.terminate();
    }
    console.log(JSON.stringify(found));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--quiet"],
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    env: {
      DENO_NO_UPDATE_CHECK: "1",
      DENO_V8_FLAGS: `--allow-natives-syntax,${AT_ONCE}`,
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(
    text.trim(),
    JSON.stringify(Array(4).fill(TURBOFANNED)),
    new TextDecoder().decode(stderr),
  );
});
