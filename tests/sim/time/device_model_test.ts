import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  deviceModelName,
  ModelledDevice,
  parseDeviceModel,
  parseDuration,
} from "../../../sim/time/device_model.ts";
import { SimulatedTime } from "../../../sim/time/simulated_time.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";

Deno.test("parseDeviceModel() reads what deviceModelName() writes", () => {
  for (
    const name of [
      "null",
      "fixed:10us",
      "fixed:1500ns",
      "channels:1,det:1ms",
      "channels:8,exp:80us",
      "channels:4096,lognormal:2s:0.5",
    ]
  ) assertEquals(deviceModelName(parseDeviceModel(name)), name);
});

Deno.test("parseDeviceModel() refuses everything else in one line", () => {
  for (
    const name of [
      "",
      "Null",
      "fixed",
      "fixed:10",
      "fixed:-1us",
      "fixed:2h",
      "fixed:1e10us",
      "channels:0,exp:1us",
      "channels:4097,exp:1us",
      "channels:8",
      "channels:8,exp:0ns",
      "channels:8,exp:1us:0.5",
      "channels:8,lognormal:1us",
      "channels:8,lognormal:1us:0",
      "channels:8,lognormal:1us:4",
      "channels:8,uniform:1us",
      "fixed:3601s",
    ]
  ) {
    const error = assertThrows(() => parseDeviceModel(name), RangeError);
    assertEquals(error.message.startsWith("Cannot use device model"), true);
    assertEquals(error.message.includes("\n"), false);
  }
});

Deno.test("parseDuration() gives whole ns", () => {
  const texts = ["1ns", "2.5us", "3ms", "1s", "0.1ns", "1e3us", "2m"];
  assertEquals(texts.map(parseDuration), [1, 2500, 3e6, 1e9, 0, 1e6, 12e10]);
  assertEquals(parseDuration("1 us"), undefined);
});

Deno.test("ModelledDevice serves the earliest free channel", () => {
  const device = new ModelledDevice(
    parseDeviceModel("channels:2,det:10us"),
    randomStream(1, "service time"),
  );
  // Two at once, the third waits for the first, the fourth comes late.
  assertEquals([0, 1000, 2000, 50_000].map((now) => device.arrive(now)), [
    10_000,
    11_000,
    20_000,
    60_000,
  ]);
  assertEquals([device.busyNs, device.waitNs, device.served], [
    40_000,
    8000,
    4,
  ]);
});

Deno.test("SimulatedTime lets events happen by time, then by order", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }),
    (times) => {
      const time = new SimulatedTime();
      const seen: [number, number][] = [];
      for (const [i, at] of times.entries()) {
        time.at(at, () => seen.push([time.nowNs, i]));
      }
      while (time.step());
      const wanted = times.map((at, i): [number, number] => [at, i])
        .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      assertEquals(seen, wanted);
    },
  ));
});

Deno.test("SimulatedTime.passTo() stands where it was told", () => {
  const time = new SimulatedTime();
  let happened = 0;
  time.at(10, () => happened++);
  time.at(20, () => happened++);
  time.passTo(15);
  assertEquals([time.nowNs, happened, time.ahead, time.nextNs], [15, 1, 1, 20]);
  time.at(5, () => happened++); // past: now
  time.step();
  assertEquals([time.nowNs, happened], [15, 2]);
});
