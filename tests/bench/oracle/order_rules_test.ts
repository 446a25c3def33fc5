import { assertEquals } from "@std/assert";
import {
  agreedOutcome,
  isDecided,
  possibleCompletions,
} from "../../../bench/oracle/completions.ts";
import type { OracleRow, OracleRun } from "../../../bench/oracle/oracle_row.ts";
import { orderRules } from "../../../bench/oracle/order_rules.ts";
import { recordedQueue } from "../../../bench/oracle/run_limits.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";

const DEADLINE = "[mq-deadline] none";
const NONE = "[none] mq-deadline";
const SET_REQUESTS = "set /sys/block/x/queue/nr_requests 128";

/** A device: its limits, and how it was set up. */
function queueOf(
  kernel: string,
  setup: string,
  limits: Record<string, string> = {},
) {
  const run: OracleRun = {
    name: "x",
    disk: setup.includes("mknb") ? "x" : "vdb",
    setup,
    limits: {
      nr_requests: "16",
      scheduler: DEADLINE,
      write_cache: "write back",
      ...limits,
    },
  };
  return recordedQueue(run, pathProfile(kernel));
}

/** A row of one I/O. */
function row(api: OracleRow["api"], operation: "w" | "f"): OracleRow {
  return {
    line: 1,
    run: "x",
    id: "x",
    api,
    ios: [{
      operation,
      offsetBytes: 0,
      sizeBytes: 0,
      returned: 0,
      vectors: [],
      flags: 0,
      priority: 0,
    }],
    bios: [],
    requests: [],
    commands: [],
    repeatable: true,
  };
}

Deno.test("recordedQueue() tells requests of scheduler and driver apart", () => {
  const settings = (kernel: string, setup: string, nr: string) => {
    const found = queueOf(kernel, setup, { nr_requests: nr });
    const { tags, driverTags, asyncDepth } = found.settings;
    return [tags, driverTags, asyncDepth, found.knowsDepth];
  };
  // blk_mq_init_sched() makes nr_requests twice the depth of the driver.
  assertEquals(settings("7.2", "", "16"), [16, 8, 16, true]);
  const made = "mknb x hw_queue_depth=1";
  assertEquals(settings("7.2", made, "2"), [2, 1, 2, true]);
  // Set later, it leaves async_depth behind.
  const set = `${made}\n${SET_REQUESTS}`;
  assertEquals(settings("6.12", set, "128"), [128, 1, 2, true]);
  assertEquals(settings("7.2", set, "128"), [128, 1, 128, true]);
  assertEquals(settings("7.2", SET_REQUESTS, "128")[3], false);
});

Deno.test("possibleCompletions() are several where a scheduler chooses", () => {
  const timer = queueOf("7.2", "mknb x irqmode=2 hw_queue_depth=1");
  const virtio = queueOf("7.2", "");
  const none = queueOf("7.2", "", { scheduler: NONE });
  assertEquals(possibleCompletions(timer, "merge"), ["first", "all"]);
  assertEquals(possibleCompletions(virtio, "merge"), ["first", "all", "early"]);
  assertEquals(possibleCompletions(none, "merge"), ["all"]);
  assertEquals(possibleCompletions(virtio, "split"), ["all"]);
});

Deno.test("agreedOutcome() covers what does not depend on time", () => {
  const outcome = (segments: number) => ({
    bios: [],
    requests: [["R", 0, 8, segments] as const],
    returned: [4096],
    commands: [],
    pageCacheRest: false,
    open: [],
  });
  const agreed = agreedOutcome([outcome(1), outcome(1)], "completions");
  assertEquals(agreed, outcome(1));
  assertEquals(isDecided(agreed), true);
  const open = agreedOutcome([outcome(1), outcome(2)], "completions");
  assertEquals(open, {
    notCovered: "the scheduler's choices depend on when the device completes",
  });
  assertEquals(isDecided(open), false);
  assertEquals(agreedOutcome([open, outcome(1)], "past"), {
    notCovered: "the scheduler goes on from where an unknown row has left it",
  });
  assertEquals(isDecided({ notCovered: "a limit of QEMU" }), true);
});

Deno.test("orderRules() opens orders that a file does not decide", () => {
  const rules = (kernel: string, kind: "merge" | "split", scheduler: string) =>
    orderRules(queueOf(kernel, "", { scheduler }), {
      kind,
      profile: pathProfile(kernel),
    });
  // 6.1 remembers no position, and merge rows are all that a device has had.
  assertEquals(rules("6.1", "split", DEADLINE).opensAll, false);
  assertEquals(rules("6.12", "split", DEADLINE).opensAll, true);
  assertEquals(rules("6.12", "merge", DEADLINE).opensAll, false);
  assertEquals(rules("6.12", "split", NONE).opensAll, false);
  assertEquals(rules("6.1", "merge", "[bfq] none").opensAll, true);
  assertEquals(rules("7.2", "merge", NONE).coversSleepers, true);
  assertEquals(rules("7.2", "merge", DEADLINE).coversSleepers, false);
});

Deno.test("orderRules() covers no row that depends on what is not recorded", () => {
  const why = (setup: string, asked: OracleRow, limits = {}) =>
    orderRules(queueOf("7.2", setup, limits), {
      kind: "merge",
      profile: pathProfile("7.2"),
    }).notCovered(asked);
  assertEquals(why("", row("aio", "w")), undefined);
  assertEquals(
    why(SET_REQUESTS, row("aio", "w")),
    "it is not recorded how many requests the driver takes at once",
  );
  assertEquals(
    why("", row("aio1", "f")),
    "a work queue runs aio fsync, at its own time",
  );
  assertEquals(why("", row("uring", "f")), undefined);
  const through = { "write_cache": "write through" };
  assertEquals(why("", row("aio", "f"), through), undefined);
  assertEquals(why("", row("aio", "f"), { scheduler: NONE }), undefined);
});
