import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import {
  AskedWorker,
  ContenderError,
} from "../../../bench/contender/asked_worker.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import { keepSpareWorkers } from "../../../bench/contender/spare_workers.ts";

/** A worker whose handler is this text. */
function workerOf(handler: string, timeoutMs?: number) {
  const source = `self.onmessage = ({ data }) => { ${handler} };`;
  return new AskedWorker<{ kind: "time" }, { kind: "time"; ios: number }>({
    name: "submitter",
    who: () => "submitter 1",
    module: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

async function askOf(handler: string, timeoutMs?: number) {
  const worker = workerOf(handler, timeoutMs);
  try {
    return await worker.ask<"time">({ kind: "time" });
  } finally {
    worker.stop();
  }
}

Deno.test("AskedWorker.ask() gives the worker's answer", async () => {
  const answer = await askOf("postMessage({ kind: data.kind, ios: 3 })");
  assertEquals(answer, { kind: "time", ios: 3 });
});

Deno.test("AskedWorker.ask() names the worker that threw, hangs or sleeps for ever", async () => {
  await assertRejects(
    () => askOf("throw new Error('no')"),
    ContenderError,
    "Cannot time submitter 1: its worker ended: Uncaught Error: no",
  );
  // Neither answers, ever, but terminate() would end neither (Deno 2.9).
  const loop = "for (const start = Date.now(); Date.now() < start + 2000;);";
  const sleep =
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)";
  for (const handler of [loop, sleep]) {
    await assertRejects(
      () => askOf(handler, 200),
      ContenderError,
      "Cannot time submitter 1: its worker gave no answer for 0.2 s, expected one",
    );
  }
});

Deno.test("AskedWorker waits no longer for what was answered", async () => {
  const worker = workerOf("postMessage({ kind: data.kind, ios: 3 })");
  try {
    await worker.ask<"time">({ kind: "time" }); // it has begun
    await worker.ask<"time">({ kind: "time" }, 1000);
    // Longer than it might have taken to answer.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assertEquals((await worker.ask<"time">({ kind: "time" })).ios, 3);
  } finally {
    worker.stop();
  }
});

Deno.test("AskedWorker.ask() tells a wrong answer of the path from other failures", async () => {
  const failing = (name: string) =>
    `postMessage({ kind: "failure", name: "${name}", message: "bad" })`;
  await assertRejects(
    () => askOf(failing("DeviceError")),
    WrongAnswerError,
    "submitter 1: bad",
  );
  await assertRejects(
    () => askOf(failing("RangeError")),
    ContenderError,
    "Cannot use submitter 1: bad",
  );
  // The machine lacks something: no layout is named.
  const lacking = await assertRejects(
    () => askOf(failing("NativeEngineError")),
    NativeEngineError,
  );
  assertEquals(lacking.message, "bad");
  await assertRejects(
    () => askOf('postMessage({ kind: "other" })'),
    ContenderError,
    "Cannot use submitter 1: it answered other",
  );
});

Deno.test("a worker that answered is the next one's, where both say so, and one that failed is nobody's", async () => {
  // Says how many requests the worker has had.
  const source = `let had = 0;
    self.onmessage = ({ data }) => {
      had++;
      if (data.fail) postMessage({ kind: "failure", name: "E", message: "bad" });
      else postMessage({ kind: data.kind, ios: had });
    };`;
  const module = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  type Asked = { kind: "time"; fail?: boolean };
  const workerOf = (isSpare: boolean) =>
    new AskedWorker<Asked, { kind: "time"; ios: number }>({
      ...{ name: "submitter", who: () => "submitter 1", module, isSpare },
    });
  const turn = async (isSpare: boolean, fail = false) => {
    const worker = workerOf(isSpare);
    try {
      return (await worker.ask<"time">({ kind: "time", fail })).ios;
    } finally {
      worker.stop();
    }
  };
  const before = keepSpareWorkers(1);
  try {
    assertEquals(await turn(true), 1);
    assertEquals(await turn(true), 2);
    assertEquals(await turn(false), 1); // of a timed group
    await assertRejects(() => turn(true, true), ContenderError, "bad");
    assertEquals(await turn(true), 1);

    // One that is stopped twice is kept once: the other of two is new.
    keepSpareWorkers(2);
    const twice = workerOf(true);
    assertEquals((await twice.ask<"time">({ kind: "time" })).ios, 2);
    twice.stop();
    twice.stop();
    const two = [workerOf(true), workerOf(true)];
    const had: number[] = [];
    for (const one of two) {
      had.push((await one.ask<"time">({ kind: "time" })).ios);
    }
    assertEquals(had, [3, 1]);
    for (const one of two) one.stop();

    // One that was stopped cannot speak to what is another's by now.
    const worker = workerOf(true);
    worker.stop();
    await assertRejects(
      () => worker.ask<"time">({ kind: "time" }),
      ContenderError,
      "Cannot use submitter 1: its worker was stopped",
    );
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});

Deno.test("a worker that was stopped while asked, or that ended idle, is nobody's", async () => {
  // Answers with how many requests it has had, and may throw afterwards.
  const source = `let had = 0;
    self.onmessage = ({ data }) => {
      had++;
      if (!data.hang) postMessage({ kind: data.kind, ios: had });
      if (data.fail) setTimeout(() => { throw new Error("late"); });
    };`;
  const module = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  type Asked = { kind: "time"; hang?: boolean; fail?: boolean };
  const workerOf = () =>
    new AskedWorker<Asked, { kind: "time"; ios: number }>({
      ...{ name: "submitter", who: () => "submitter 1", module, isSpare: true },
    });
  const had = async () => {
    const worker = workerOf();
    try {
      return (await worker.ask<"time">({ kind: "time" })).ios;
    } finally {
      worker.stop();
    }
  };
  const before = keepSpareWorkers(1);
  try {
    assertEquals(await had(), 1);
    const asked = workerOf();
    const answer = asked.ask<"time">({ kind: "time", hang: true });
    asked.stop();
    await assertRejects(
      () => answer,
      ContenderError,
      "Cannot time submitter 1: its worker was stopped",
    );
    assertEquals(await had(), 1);

    const failing = workerOf();
    assertEquals(
      (await failing.ask<"time">({ kind: "time", fail: true })).ios,
      2,
    );
    // The error comes while nothing is asked, or else with the next answer.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const late = await assertRejects(async () => {
      for (;;) await failing.ask<"time">({ kind: "time" });
    }, ContenderError);
    assertMatch(
      late.message,
      /^Cannot \w+ submitter 1: its worker ended: .*late/,
    );
    failing.stop();
    assertEquals(await had(), 1);
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});
