import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { PLACEMENT_PRESETS } from "../../../sim/workload/placement_options.ts";
import { faultWindow, planOf, runFaults } from "./fault_rig.ts";

const IOS = 60;
/** A scheduler that holds requests back: the driver takes few of them. */
const HELD = { scheduler: "mq-deadline", driverTags: 3, tags: 64 } as const;
const LAYOUTS = ["page_offset", "phys_packed", "soa_phys_len", "rlist_16"];
const small = await faultWindow("randrw-70-30-4k", IOS);
const mixed = await faultWindow("64k-mixed", IOS, PLACEMENT_PRESETS["mixed"]);

Deno.test("createSimulatedReplay() keeps its promises under any plan", () => {
  const choice = fc.oneof(
    fc.record({ io: fc.integer({ min: 0, max: IOS - 1 }) }),
    fc.record({ every: fc.integer({ min: 2, max: 20 }) }),
    fc.record({ probability: fc.double({ min: 0.01, max: 0.4, noNaN: true }) }),
  );
  const times = fc.record({ times: fc.integer({ min: 1, max: 7 }) });
  const what = fc.oneof(
    fc.record({
      kind: fc.constantFrom("mapping", "descriptor", "bounce"),
      nth: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("tag") }),
    fc.record({
      kind: fc.constant("status"),
      status: fc.constantFrom("internal", "read_error", "lba_range"),
      retry: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("timeout"),
      end: fc.constantFrom("aborted", "reset", "polled"),
    }),
    fc.record({
      kind: fc.constant("completion"),
      how: fc.constantFrom(
        "unknown_id",
        "stale_id",
        "wrong_phase",
        "duplicate",
      ),
    }),
    fc.record({
      kind: fc.constant("short"),
      bytes: fc.integer({ min: 0, max: 40 }).map((blocks) => blocks * 512),
      reported: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("reorder"), delay: fc.constant("70us") }),
  );
  const fault = fc.tuple(choice, times, what)
    .map((parts) => Object.assign({}, ...parts));
  fc.assert(
    fc.property(
      fc.array(fault, { maxLength: 5 }),
      fc.constantFrom(...LAYOUTS),
      fc.constantFrom(1, 2, 8, 32),
      fc.constantFrom("null", "fixed:10us", "channels:3,exp:20us"),
      fc.constantFrom(undefined, "1MiB"),
      fc.boolean(),
      fc.constantFrom(1, 8),
      fc.constantFrom(
        { kernel: "7.2" },
        { kernel: "6.1", settings: HELD },
        { kernel: "6.12", settings: HELD },
        { kernel: "7.2", settings: HELD },
      ),
      (faults, layout, depth, device, bouncePool, isSmall, batch, held) => {
        // 6.1 takes no P2P memory of user space.
        const hasP2p = !isSmall && held.kernel !== "6.1";
        const window = hasP2p ? mixed : small;
        const { report, statuses } = runFaults(window, {
          layout,
          depth,
          faults,
          frame: { device, ...(bouncePool ? { bouncePool } : {}) },
          more: { ...held, batch: Math.min(batch, depth) },
        });
        // Statuses, bytes and balance are checked by the replay. What no rule
        // chose ends well, but for what a reset or a shared request costs.
        assertEquals(report.ios, IOS);
        if (batch > 1 || report.counts.resets > 0 || "settings" in held) return;
        const plan = planOf(faults);
        if (plan.rules.some(({ choice }) => choice.by === "probability")) {
          return;
        }
        for (const [io, status] of statuses.entries()) {
          const isChosen = plan.rules.some(({ choice }) =>
            choice.by === "io"
              ? choice.ios.includes(io)
              : choice.by === "every" && io % choice.every === 0
          );
          if (!isChosen) assertEquals(status, BLK_STS.ok, `I/O ${io}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});
