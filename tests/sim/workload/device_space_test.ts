/** Where devices of a trace begin, however many there are. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import { deviceAt, DeviceSpace } from "../../../sim/workload/device_space.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";

const IO = { op: WINDOW_OP.read, offsetBytes: 512, lengthBytes: 512 };

function fail(expected: string): never {
  throw new SyntaxError(expected);
}

function space() {
  const rows = new BatchBuilder();
  const devices = new DeviceSpace("device", { fail });
  const place = (name: string, io = IO) => devices.offsetBytes(name, io, rows);
  const codes = () => rows.warnings.map(({ code }) => code);
  return { devices, place, codes };
}

Deno.test("DeviceSpace gives 64 devices 64 TiB each, and the others less and less", () => {
  const { place } = space();
  const bases: number[] = [];
  for (let i = 0; i < 20_000; i++) bases.push(place(`d${i}`) - 512);
  assertEquals(bases[0], 0);
  assertEquals(bases[63], 63 * 2 ** 46);
  // Half of the 2^53 bytes are used up; the next quarter is for 1024 devices.
  assertEquals(bases[64], 2 ** 52);
  assertEquals(bases[65], 2 ** 52 + 2 ** 41);
  assertEquals(bases[64 + 1024], 2 ** 52 + 2 ** 51);
  assertEquals(bases[64 + 1025], 2 ** 52 + 2 ** 51 + 2 ** 36);
  bases.forEach((base, index) => {
    assert(index === 0 || base > (bases[index - 1] ?? NaN));
  });
  assertEquals(place("d17") - 512, bases[17]); // known again
});

Deno.test("deviceAt() is the inverse of DeviceSpace", () => {
  const { place } = space();
  for (let i = 0; i < 20_000; i++) place(`d${i}`);
  fc.assert(
    fc.property(fc.nat(19_999), fc.nat(2 ** 20), (index, within) => {
      const io = {
        op: WINDOW_OP.read,
        offsetBytes: within * 512,
        lengthBytes: 512,
      };
      const { index: found, baseBytes } = deviceAt(place(`d${index}`, io));
      assertEquals(found, index);
      assertEquals(place(`d${index}`, io) - baseBytes, within * 512);
    }),
  );
  assertEquals(deviceAt(0).index, 0);
  assertEquals(
    deviceAt(2 ** 53 - 1).index,
    64 + 1024 + 16384 + 262144 + 4194303,
  );
});

Deno.test("DeviceSpace warns of several devices once two of them have I/O", () => {
  const { devices, place, codes } = space();
  devices.declare("a");
  devices.declare("b");
  place("b");
  assertEquals(codes(), []);
  assertEquals(place("a"), 512); // it was declared first
  assertEquals(codes(), ["several-devices"]);
});

Deno.test("DeviceSpace warns where an I/O reaches into the next device's room", () => {
  const far = {
    op: WINDOW_OP.read,
    offsetBytes: 2 ** 46 - 512,
    lengthBytes: 1024,
  };
  const one = space();
  one.place("a", far);
  assertEquals(one.codes(), []); // nobody is there
  one.place("b");
  assertEquals(one.codes(), ["several-devices", "overlapping-devices"]);
  const two = space();
  two.place("a");
  two.place("b", far);
  assertEquals(two.codes(), ["several-devices", "overlapping-devices"]);
});

Deno.test("DeviceSpace refuses what would end behind 2^53", () => {
  const { place } = space();
  place("a", {
    op: WINDOW_OP.read,
    offsetBytes: 2 ** 53 - 1024,
    lengthBytes: 512,
  });
  assertThrows(
    () =>
      place("b", {
        op: WINDOW_OP.read,
        offsetBytes: 2 ** 53 - 2 ** 46 - 512,
        lengthBytes: 512,
      }),
    SyntaxError,
    "an I/O that ends below 2^53 bytes",
  );
});

Deno.test("DeviceSpace refuses names that would eat memory", () => {
  const { place } = space();
  const name = "x".repeat(4000);
  assertThrows(
    () => place(`${name}${name}`),
    SyntaxError,
    "the name of a device, of at most 4096 characters",
  );
  assertThrows(
    () => {
      for (let i = 0; i < 40_000; i++) place(`${name}${i}`);
    },
    SyntaxError,
    "at most 4473920 devices in one trace, with names of 134217728 characters",
  );
});
