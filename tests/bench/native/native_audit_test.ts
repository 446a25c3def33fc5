import { assertEquals, assertThrows } from "@std/assert";
import { assemblePath } from "../../../sim/setup/assembly.ts";
import { createDevice } from "../../../sim/nvme/device.ts";
import type { AssemblyHooks } from "../../../sim/path/path_hooks.ts";
import type { PathCounts } from "../../../sim/path/path_counts.ts";
import { dataIos, replay, WrongIoError } from "../../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";
import { NativeAudit } from "../../../bench/native/native_audit.ts";
import { firstWindow, pathOptions, QUICK } from "./compare_engines.ts";

/** Replays one window in JavaScript and checks another one in C against it. */
async function audit(
  js: IoWindow,
  c: IoWindow,
  { sgl = false, counted = (counts) => counts, inC = {} }: {
    sgl?: boolean;
    counted?: (counts: PathCounts) => PathCounts;
    inC?: AssemblyHooks;
  } = {},
): Promise<NativeAudit> {
  const options = pathOptions("page_offset", "page", { controller: { sgl } });
  const checking = await NativeAudit.start({ ...options, hooks: inC }, QUICK);
  const assembly: ReturnType<typeof assemblePath> = assemblePath({
    ...options,
    decode: true,
    probe: { command: (entry) => checking.write(assembly.memory, entry) },
  });
  checking.restart();
  replay(assembly, js, dataIos(js));
  checking.check(c, dataIos(c), {
    firstIo: 100,
    counts: counted(assembly.path.counts),
  });
  assertEquals(assembly.decoded?.commands, checking.native.counts().requests);
  return checking;
}

function copy(window: IoWindow): IoWindow {
  const same = createWindow(window.capacity);
  new Uint8Array(same.buffer).set(new Uint8Array(window.buffer));
  return same;
}

Deno.test("NativeAudit finds equal commands and lists, PRP and SGL", async () => {
  const window = await firstWindow("mixed-bs", 200);
  for (const sgl of [false, true]) {
    const checking = await audit(window, copy(window), { sgl });
    checking.close();
  }
});

Deno.test("NativeAudit names the I/O whose command differs", async () => {
  const window = await firstWindow("4k-hot", 64);
  const other = copy(window);
  other.sectorLo[37] = (window.sectorLo[37] as number) ^ 0x800;
  const error = await audit(window, other).then(() => undefined, (e) => e);
  assertThrows(() => {
    throw error;
  }, WrongIoError);
  // Byte 40 of a command is the low half of its SLBA.
  assertEquals(
    error.message.startsWith(
      "Cannot trust engine native at I/O 137: byte 40 of its descriptors",
    ),
    true,
    error.message,
  );
});

Deno.test("NativeAudit names the I/O whose list differs", async () => {
  const window = await firstWindow("128k-scattered", 8);
  const other = copy(window);
  // The last page of the I/O: 32 PRPs, one in the command, 31 in the list.
  const last = (window.firstPiece[6] as number) - 1;
  other.physLo[last] = (window.physLo[last] as number) ^ 0x2000;
  const error = await audit(window, other).then(() => undefined, (e) => e);
  assertEquals(
    error?.message?.startsWith(
      `Cannot trust engine native at I/O 105: byte ${64 + 30 * 8} of its`,
    ),
    true,
    error?.message,
  );
});

Deno.test("NativeAudit notices what is counted otherwise though commands are equal", async () => {
  const window = await firstWindow("4k-hot", 16);
  const error = await audit(window, window, {
    counted: (counts) => ({ ...counts, merges: 1 }),
  }).then(() => undefined, (e) => e);
  assertEquals(
    error?.message,
    "Cannot trust engine native from I/O 100 on: it counted 0 merges, " +
      "expected 1 as in the DataView path",
  );
});

Deno.test("NativeAudit passes on what the device of the path in C refuses", async () => {
  const window = await firstWindow("4k-hot", 16);
  let commands = 0;
  const error = await audit(window, window, {
    inC: {
      device: (memory, queue, carryOut) =>
        createDevice(memory, queue, (entry) => {
          carryOut(entry);
          if (commands++ === 5) throw new RangeError("no more of these");
        }),
    },
  }).then(() => undefined, (e) => e);
  assertEquals(
    [error?.name, error?.message],
    [
      "WrongIoError",
      "Cannot trust engine native at I/O 105: no more of these",
    ],
  );
});

Deno.test("NativeAudit notices commands that are missing", async () => {
  const window = await firstWindow("4k-hot", 16);
  const fewer = copy(window);
  fewer.counts[0] = 15;
  const error = await audit(window, fewer).then(() => undefined, (e) => e);
  assertEquals(
    error?.message,
    "Cannot trust engine native from I/O 115 on: it built 15 commands, " +
      "expected 16 as in the DataView path",
  );
});
