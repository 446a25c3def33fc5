import { assertEquals } from "@std/assert";
import {
  compileFixedWork,
  probeSpeed,
} from "../../../bench/machine/speed_probe.ts";

Deno.test("probeSpeed() reads the clock before and behind the work, and no more", () => {
  compileFixedWork();
  const readings = [100, 145];
  assertEquals(probeSpeed(() => readings.shift() ?? NaN), 45);
  assertEquals(readings, []);

  const log: string[] = [];
  probeSpeed(() => log.push("clock"), () => log.push("work"));
  assertEquals(log, ["clock", "work", "clock"]);
});
