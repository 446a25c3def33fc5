/**
 * The guards of a contender's worker, each made to fire by a fault in a path
 * that the real worker makes. What they find in a path, whatever it is, stands
 * in tests/sim/replay/replay_guards_test.ts.
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import { Contender } from "../../../bench/contender/contender.ts";
import { ContenderError } from "../../../bench/contender/asked_worker.ts";
import type { ContenderSetup } from "../../../bench/contender/contender_protocol.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { hangOf } from "../hang.ts";
import { smallMap } from "../../sim/small_map.ts";
import { faulty } from "./faulty_module.ts";

const SETUP = setupOf({ map: smallMap(true) });
const WINDOW = readsOf(10);
const AUDIT = {
  kind: "audit",
  window: WINDOW,
  firstIo: 100,
  restart: true,
  verifyIos: 10,
} as const;

/** Audits ten reads in a worker with a fault, or times them. */
async function work(
  fault: string,
  given: {
    setup?: Partial<ContenderSetup>;
    asks?: "audit" | "time";
    where?: string;
  } = {},
): Promise<unknown> {
  const { setup, asks = "audit", where } = given;
  const contender = await Contender.start({ ...SETUP, ...setup }, {
    module: faulty(fault, where),
  });
  try {
    if (asks === "time") {
      const { window } = await contender.ask({ kind: "open", window: WINDOW });
      return await contender.ask({
        kind: "time",
        window,
        first: 0,
        ios: window.ios,
      });
    }
    return await contender.ask(AUDIT);
  } finally {
    contender.stop();
  }
}

/** What the guard said, behind the worker's name. */
async function said(...asked: Parameters<typeof work>): Promise<string> {
  const error = await assertRejects(() => work(...asked), WrongAnswerError);
  return error.message.replace(/^layout "phys_packed" \(.*?\): /, "");
}

Deno.test("a worker finds bytes that a driver had moved elsewhere", async () => {
  assertEquals(
    await said("neighbour's page"),
    "Cannot trust I/O 100 (read of 4096 bytes): byte 0 of its buffer is wrong, expected the I/O's data",
  );
  // So that it is the fault that is found, and not the rig.
  await work("neighbour's page", { where: "another worker" });
});

Deno.test("a worker finds an I/O that ends with an error: verified, audited, timed", async () => {
  assertEquals(
    await said("error where verified"),
    "Cannot trust I/O 103 (read of 4096 bytes): it ended with EIO, expected " +
      "success",
  );
  assertEquals(
    await said("error where audited"),
    "Cannot trust the I/Os from 100 on: 1 ended with an error, the last with " +
      "EIO, expected success",
  );
  assertEquals(
    await said("error where timed", { asks: "time" }),
    "Cannot trust the time: 9 I/Os ended well, expected 10",
  );
});

Deno.test("a worker finds an I/O that ends twice, in place of another", async () => {
  // Tags, bios and counts are even at the end: one twice, one not at all.
  // The bio of I/O 103 is free by then, and free bios hang on each other by
  // bi_next (struct bio_alloc_cache): the second completion goes through those
  // of 103, 102, 101 and 100 and ends them all again. 100 is the first of them.
  assertEquals(
    await said("repeated completion"),
    "Cannot trust I/O 100: it ended 2 times, expected once",
  );
});

Deno.test("a worker finds what I/Os have left in use: audited, timed", async () => {
  const left = (firstIo: number, what = "tags") =>
    `Cannot trust the I/Os from ${firstIo} on: 1 of ${what} still in use ` +
    `after them, expected 0`;
  assertEquals(await said("tag is kept where audited"), left(100));
  assertEquals(
    await said("page is kept where audited"),
    left(100, "pages with other references"),
  );
  assertEquals(
    await said("tag is kept where timed", { asks: "time" }),
    left(0),
  );
});

Deno.test("a worker finds a write behind the memory of a path: verified, audited", async () => {
  for (const where of ["verified", "audited"]) {
    // It is the lab's own fault, and not an I/O's.
    const { message } = await assertRejects(
      () => work(`write behind memory where ${where}`),
      ContenderError,
    );
    assertMatch(
      message,
      /Cannot trust a path: found a write to kernel memory at offset (\d+), expected none after its \1 bytes$/,
    );
  }
});

Deno.test("the watchdog finds an I/O whose completion is lost", async () => {
  const { error: { message } } = await hangOf(SETUP, {
    options: { module: faulty("lost completion"), timeoutMs: 1000 },
    request: AUDIT,
    progress: [103 + 1],
  });
  assertEquals(
    message,
    'Cannot audit layout "phys_packed" (P2P detection page, worker "worker"): ' +
      "its worker gave no answer for 1 s, expected one (--watchdog); it was " +
      "at I/O 103",
  );
});
