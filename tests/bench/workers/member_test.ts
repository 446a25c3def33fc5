import { assertEquals, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import { ContenderError } from "../../../bench/contender/contender.ts";
import { Member } from "../../../bench/workers/member.ts";

/** A worker whose handler is this text. */
function memberOf(handler: string, timeoutMs?: number) {
  const source = `self.onmessage = ({ data }) => { ${handler} };`;
  return new Member<{ kind: "time" }, { kind: "time"; ios: number }>({
    who: "submitter 1",
    module: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

async function askOf(handler: string, timeoutMs?: number) {
  const member = memberOf(handler, timeoutMs);
  try {
    return await member.ask<"time">({ kind: "time" });
  } finally {
    member.stop();
  }
}

Deno.test("Member.ask() gives the worker's answer", async () => {
  const answer = await askOf("postMessage({ kind: data.kind, ios: 3 })");
  assertEquals(answer, { kind: "time", ios: 3 });
});

Deno.test("Member.ask() names the worker that threw, hangs or sleeps for ever", async () => {
  await assertRejects(
    () => askOf("throw new Error('no')"),
    ContenderError,
    "Cannot time submitter 1: it ended: Uncaught Error: no",
  );
  // Neither answers, ever, but terminate() would end neither (Deno 2.9).
  const loop = "for (const start = Date.now(); Date.now() < start + 2000;);";
  const sleep =
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)";
  for (const handler of [loop, sleep]) {
    await assertRejects(
      () => askOf(handler, 200),
      ContenderError,
      "Cannot time submitter 1: it gave no answer for 0.2 s, expected one",
    );
  }
});

Deno.test("Member.ask() tells a wrong answer of the path from other failures", async () => {
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
});
