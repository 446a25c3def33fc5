import { assertEquals, assertNotEquals } from "@std/assert";
import * as fc from "fast-check";
import { CommandSetDigest } from "../../../sim/workers/command_set_digest.ts";

function digestOf(commands: readonly (readonly number[])[]): CommandSetDigest {
  const digest = new CommandSetDigest();
  for (const words of commands) {
    digest.begin();
    for (const word of words) digest.add(word);
  }
  return digest;
}

const commands = fc.array(
  fc.array(fc.integer(), { minLength: 1, maxLength: 6 }),
  { maxLength: 20 },
);

Deno.test("CommandSetDigest is the same for any order and any partition", () => {
  fc.assert(
    fc.property(commands, fc.integer(), fc.nat(20), (all, seed, cut) => {
      const order = all.map((_, i) => i).sort((a, b) =>
        Math.imul(a + 1, seed | 1) - Math.imul(b + 1, seed | 1)
      );
      const shuffled = order.map((i) => all[i] ?? []);
      const whole = digestOf(all);
      assertEquals(digestOf(shuffled).hex(), whole.hex());

      const parts = new CommandSetDigest();
      parts.merge(digestOf(shuffled.slice(0, cut)).sum());
      parts.merge(digestOf(shuffled.slice(cut)).sum());
      assertEquals(parts.hex(), whole.hex());
    }),
  );
});

Deno.test("CommandSetDigest tells a changed word from the original", () => {
  fc.assert(
    fc.property(
      commands.filter((all) => all.length > 0),
      fc.integer({ min: 1 }),
      (all, change) => {
        const [first = [], ...rest] = all;
        const other = [(first[0] ?? 0) ^ change, ...first.slice(1)];
        assertNotEquals(digestOf([other, ...rest]).hex(), digestOf(all).hex());
      },
    ),
  );
});

Deno.test("CommandSetDigest counts a command that comes twice twice", () => {
  assertNotEquals(digestOf([[7], [7]]).hex(), digestOf([[7]]).hex());
  assertNotEquals(digestOf([[7], [7]]).hex(), digestOf([]).hex());
});

Deno.test("CommandSetDigest.sum() carries from the low half to the high one", () => {
  const digest = new CommandSetDigest();
  digest.merge({ low: -1, high: 0 });
  digest.merge({ low: 1, high: 0 });
  // 0xffffffff + 1 = 0x1_00000000
  assertEquals(digest.hex(), "0000000100000000");
});
