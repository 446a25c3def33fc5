import { assertEquals } from "@std/assert";
import { attribute } from "../../../bench/kernel/attribute.ts";
import { findBios } from "../../../bench/kernel/find_bios.ts";
import { GuestMemory } from "../../../bench/kernel/guest_memory.ts";
import { KernelTypes } from "../../../bench/kernel/kernel_types.ts";
import { MemoryNames } from "../../../bench/kernel/memory_names.ts";
import { Phases } from "../../../bench/kernel/phases.ts";
import { Places } from "../../../bench/kernel/places.ts";
import { Symbols } from "../../../bench/kernel/symbols.ts";
import { EVENT, IoTrace } from "../../../bench/kernel/trace_reader.ts";
import { smallBtf } from "./small_btf.ts";

/** In the direct map, 0xffff888000000000 on; nothing there is known. */
const DIRECT = 0x0880_0000_0000;
const BDEV = DIRECT + 0x10_0000;
const BIO = DIRECT + 0x20_0000;
const VECTORS = DIRECT + 0x30_0000;
const FUNCTION = 0x7fff_8100_0000;

/** What setting up and walking a bio of 4 vectors stores and loads. */
function bioTrace(bio = BIO): IoTrace {
  const trace = new IoTrace();
  const run = () => trace.push(EVENT.instruction, FUNCTION, 0, 0);
  const store = (at: number, size: number, value: number) => {
    run();
    trace.push(EVENT.store, at, size, value);
  };
  // A spilled register that looks like bi_bdev of another bio.
  store(DIRECT + 0x40_0000, 8, BDEV);
  store(DIRECT + 0x40_0000 - 8 + 34, 8, DIRECT);
  store(DIRECT + 0x40_0000 - 8 + 40, 8, DIRECT);
  store(bio, 8, -1);
  store(bio + 8, 8, BDEV);
  store(bio + 40, 8, VECTORS);
  store(bio + 34, 2, -1 - 4);
  for (let vector = 0; vector < 4; vector++) {
    store(VECTORS + vector * 16, 8, DIRECT);
    store(VECTORS + vector * 16 + 8, 4, -1 - 4096);
    run();
    trace.push(EVENT.load, VECTORS + vector * 16 + 12, 4, 0);
  }
  return trace;
}

async function withSetting<T>(
  act: (parts: {
    readonly phases: Phases;
    readonly setting: Parameters<typeof attribute>[2];
  }) => T,
): Promise<T> {
  const path = await Deno.makeTempFile();
  const memory = new GuestMemory(path);
  try {
    const symbols = new Symbols(
      "ffffffff81000000 T bio_init\nffffffff81000100 T other\n" +
        "ffffffff81000200 T submit_bio",
    );
    const types = new KernelTypes([smallBtf()]);
    const names = new MemoryNames({ memory, symbols, types }, 1 << 30);
    return act({
      phases: new Phases({ symbols, currentTask: undefined, ownTask: 0 }),
      setting: {
        types,
        names,
        places: new Places(),
        frames: new Set(),
        bdev: BDEV,
        registered: false,
      },
    });
  } finally {
    memory.close();
    await Deno.remove(path);
  }
}

Deno.test("findBios() finds a bio by what is stored, and its vectors", async () => {
  await withSetting(({ phases, setting }) => {
    const trace = bioTrace();
    phases.mark(trace);
    const { bios, own } = findBios(trace, phases, setting);
    assertEquals(bios, 1);
    assertEquals(own.map(({ place: { name, from, to } }) => [name, from, to]), [
      ["bio", BIO, BIO + 112],
      ["bio_vec", VECTORS, VECTORS + 64],
    ]);
  });
});

Deno.test("findBios() takes no spilled register for a bio's vectors", async () => {
  await withSetting(({ phases, setting }) => {
    const task = DIRECT + 0x50_0000;
    setting.places.add({ from: task, to: task + 4096, name: "task_struct" });
    const trace = new IoTrace();
    // Before the bio is set up, another function's frame has that place.
    trace.push(EVENT.instruction, FUNCTION + 0x200, 0, 0);
    trace.push(EVENT.store, BIO + 40, 8, DIRECT + 0x60_0000);
    // And what sets it up saves the current task there.
    trace.push(EVENT.instruction, FUNCTION, 0, 0);
    trace.push(EVENT.store, BIO + 40, 8, task);
    const bio = bioTrace();
    for (let event = 0; event < bio.count; event++) {
      trace.push(
        bio.kinds[event] ?? 0,
        bio.addresses[event] ?? 0,
        bio.details[event] ?? 0,
        bio.values[event] ?? 0,
      );
    }
    phases.mark(trace);
    const { own } = findBios(trace, phases, setting);
    assertEquals(
      own.filter(({ place }) => place.name === "bio_vec")
        .map(({ place: { from } }) => from),
      [VECTORS],
    );
  });
});

Deno.test("attribute() counts lines, accesses and fields by structure", async () => {
  await withSetting(({ phases, setting }) => {
    // The bio straddles two lines: its stores at 0 and 8 lie in the first one,
    // those at 34 and 40 in the second.
    const trace = bioTrace(BIO + 32);
    phases.mark(trace);
    const { structures, lines } = attribute(trace, phases, setting);
    const { bio, bio_vec: vectors } = structures;
    assertEquals([bio?.lines, bio?.reads, bio?.writes], [2, 0, 4]);
    // 4 vectors of 16 bytes from a line's beginning: one line.
    assertEquals(
      [vectors?.lines, vectors?.reads, vectors?.writes, vectors?.objects],
      [1, 4, 8, 4],
    );
    assertEquals(
      vectors?.fields.map(({ name, size, reads, writes }) => [
        ...[name, size, reads, writes],
      ]),
      [
        ["bv_page", 8, 0, 4],
        ["bv_len", 4, 0, 4],
        ["bv_offset", 4, 4, 0],
      ],
    );
    assertEquals(vectors?.fields[2]?.readers, { bio_init: 4 });
    // The spilled registers are nobody's: one line of unnamed memory.
    assertEquals([lines.all_kernel_data, lines.unnamed], [4, 1]);
  });
});

Deno.test("attribute() counts an access over a line's border in both", async () => {
  await withSetting(({ phases, setting }) => {
    const trace = new IoTrace();
    trace.push(EVENT.instruction, FUNCTION, 0, 0);
    trace.push(EVENT.load, DIRECT + 60, 8, 0);
    phases.mark(trace);
    assertEquals(attribute(trace, phases, setting).lines.all_kernel_data, 2);
  });
});
