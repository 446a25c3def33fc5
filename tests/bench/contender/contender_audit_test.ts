/** What an audit refuses of a path whose I/Os have all ended. */
import { assertEquals, assertRejects } from "@std/assert";
import { ContenderAudit } from "../../../bench/contender/contender_audit.ts";
import { newProgress } from "../../../bench/contender/contender_progress.ts";
import { HeldPages } from "../../../sim/replay/held_pages.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

Deno.test("an audit fails if its I/Os keep a reference on a page", async () => {
  const audited = async () => {
    const audit = new ContenderAudit();
    const answer = await audit.answer(
      {
        ...{ kind: "audit", window: readsOf(10), firstIo: 7 },
        ...{ restart: true, verifyIos: 0 },
      },
      { setup: setupOf(), progress: newProgress() },
    );
    audit.forget();
    return answer.kind;
  };
  assertEquals(await audited(), "audit");
  // The path gives back what it takes: another one is told of in its place.
  const { begin, balance } = HeldPages.prototype;
  let hasBegun = false;
  try {
    HeldPages.prototype.begin = function (window) {
      hasBegun = true;
      begin.call(this, window);
    };
    HeldPages.prototype.balance = function () {
      assertEquals(hasBegun, true);
      assertEquals(Object.values(balance.call(this)), [0]);
      return { "pages with other references": 1 };
    };
    await assertRejects(
      audited,
      WrongIoError,
      "Cannot trust the I/Os from 7 on: 1 of pages with other references " +
        "still in use after them, expected 0",
    );
  } finally {
    Object.assign(HeldPages.prototype, { begin, balance });
  }
});
