import { assertEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender.ts";
import type { ContenderSetup } from "../../../bench/contender_protocol.ts";
import { summarise } from "../../../bench/experiment/summarise.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { timeCell } from "../../../bench/run/time_cell.ts";
import { PLAIN_MACHINE } from "../../../bench/contender_machine.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/machine.ts";
import { createWindow } from "../../../sim/workload/window.ts";

const SETUP: ContenderSetup = {
  layout: "phys_len",
  abi: "lp64",
  kernel: "7.2",
  recognition: "page",
  limits: QUEUE_LIMIT_PRESETS.nvme_prp,
  map: defaultMemoryMap(true),
  depth: 4,
  batch: 1,
  submitter: "user",
  machine: PLAIN_MACHINE,
  salt: 1,
};

/** So many 4 KiB reads, each of a page of its own. */
function reads(count: number) {
  const window = createWindow({ ios: count, pieces: count });
  for (let i = 0; i < count; i++) {
    window.sectorLo[i] = i * 8;
    window.lengthBytes[i] = 4096;
    window.firstPiece[i] = i;
    window.physLo[i] = i * 4096;
    window.physHi[i] = 1;
    window.pieceBytes[i] = 4096;
  }
  window.firstPiece[count] = count;
  window.counts.set([count, count]);
  return { buffer: window.buffer, capacity: window.capacity };
}

async function verdictsOfTheSameLayout(seed: number) {
  const names = ["first", "second", "third", "control"];
  const isolates = new Isolates();
  try {
    const { samples } = await timeCell({
      window: reads(200),
      windowIos: 200,
      contenders: names,
      isolate: (name: string, birth: number): Promise<Contender> =>
        isolates.get({ setup: SETUP, role: `${name} ${birth}` }),
      births: 3,
      rounds: 5,
      budgetNs: 3e9,
      seed,
      clock: () => performance.now() * 1e6,
    });
    return summarise(samples, { baseline: "first", control: "control", seed })
      .contenders.map(({ verdict }) => verdict);
  } finally {
    await isolates.stop();
  }
}

Deno.test("timeCell() gives one layout registered three times equal verdicts", async () => {
  // At most 5 % of such runs may give a false alarm; a true difference would
  // be there again in the second run.
  let verdicts = await verdictsOfTheSameLayout(1);
  if (new Set(verdicts).size > 1) verdicts = await verdictsOfTheSameLayout(2);
  assertEquals(verdicts, verdicts.map(() => "no difference shown"));
});
