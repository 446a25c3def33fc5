import { assertEquals, assertThrows } from "@std/assert";
import { EMPTY_PROBE, joinProbes, watched } from "../../../sim/path/probe.ts";
import { SQE } from "../../../sim/nvme/command.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";
import { commandLab, DRAM } from "../nvme/command_lab.ts";

const IO = { pieces: [{ phys: DRAM, bytes: 4096 }] };

Deno.test("watched() gives nothing of a part that was left empty", () => {
  for (const part of Object.keys(EMPTY_PROBE) as (keyof typeof EMPTY_PROBE)[]) {
    assertEquals(watched({}, part), undefined, part);
    assertEquals(watched(EMPTY_PROBE, part), undefined, part);
  }
  const stage = () => {};
  assertEquals(watched({ ...EMPTY_PROBE, stage }, "stage"), stage);
});

Deno.test("a probe sees stages, events, questions, the command and the end", () => {
  const seen: string[] = [];
  const lab = commandLab({
    more: {
      probe: {
        stage: (stage) => seen.push(STAGES[stage] ?? String(stage)),
        event: (event) => seen.push(event),
        question: (strategy) => ({
          ...strategy,
          providerOf: (...asked) => {
            seen.push("provider?");
            return strategy.providerOf(...asked);
          },
        }),
        command: (entry) =>
          seen.push(`opcode ${lab.assembly.memory.get8(entry + SQE.opcode)}`),
        ioEnd: (io, status) => seen.push(`end ${io} ${status}`),
      },
    },
  });
  lab.submit([IO]);
  // A 4 KiB read in one bio, which finds nothing to merge with and gets a
  // request, whose memory is asked for once.
  assertEquals(seen, [
    ...["submit", "submit", "Q", "split", "merge", "request", "G"],
    ...["D", "map", "provider?", "command"],
    ...["device", "opcode 2", "complete", "C", "end 0 0"],
  ]);
});

Deno.test("joinProbes() lets both see, the inner one first", () => {
  const seen: string[] = [];
  const questions = (name: string) => ({
    question: (strategy: Parameters<typeof EMPTY_PROBE.question>[0]) => ({
      ...strategy,
      providerOf: (...asked: Parameters<typeof strategy.providerOf>) => {
        seen.push(name);
        return strategy.providerOf(...asked);
      },
    }),
  });
  const probe = joinProbes(
    { ...questions("inner"), ioEnd: (io) => seen.push(`inner end ${io}`) },
    { ...questions("outer"), ioEnd: (io) => seen.push(`outer end ${io}`) },
  );
  assertEquals(Object.keys(probe).toSorted(), ["ioEnd", "question"]);
  commandLab({ more: { probe } }).submit([IO]);
  assertEquals(seen, ["outer", "inner", "inner end 0", "outer end 0"]);
});

Deno.test("joinProbes() refuses two that take the view of memory", () => {
  const access = (view: DataView) => new DataView(view.buffer);
  assertThrows(
    () => joinProbes({ access }, { access }),
    TypeError,
    "Cannot watch accesses twice",
  );
  assertEquals(joinProbes({ access }, {}), { access });
});
