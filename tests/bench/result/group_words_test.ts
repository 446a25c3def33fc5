import { assertEquals } from "@std/assert";
import { groupWords } from "../../../bench/result/group_words.ts";

Deno.test("groupWords() gives each word 128 bytes of its own", () => {
  const at = groupWords({ workers: 2, devices: 2 });
  const words = [
    at.stop,
    at.arrived,
    at.opened,
    at.finished,
    at.left,
    at.submitterBell(0),
    at.submitterBell(1),
    at.deviceBell(0),
    at.deviceBell(1),
  ];
  assertEquals(words, words.map((_, i) => i * 32));
  assertEquals(at.count, 9 * 32);
});
