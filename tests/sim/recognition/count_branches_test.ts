/** How often each recognition asks what memory is. */
import { assertEquals } from "@std/assert";
import {
  type BranchCounts,
  branchProbe,
} from "../../../sim/recognition/count_branches.ts";
import {
  type CommandLab,
  commandLab,
  type LabIo,
  type LabOptions,
  scattered,
} from "../nvme/command_lab.ts";

function asked(lab: (branches: BranchCounts) => CommandLab, io: LabIo) {
  const branches = { sameBio: 0, sameSegment: 0, submit: 0, map: 0 };
  lab(branches).commands([io]);
  return branches;
}

Deno.test("countBranches() counts what each recognition asks per I/O", () => {
  const io = { pieces: scattered(4) };
  const of = (recognition: LabOptions["recognition"] & string) =>
    asked(
      (branches) =>
        commandLab({
          layout: "phys_flags",
          recognition,
          more: { probe: branchProbe(branches) },
        }),
      io,
    );
  // 4 vectors: 3 times "same bio"; whether merging is barred is asked of the
  // first, as a bio has memory of one kind; page then asks the first segment
  // when it maps.
  assertEquals(of("page"), { sameBio: 3, sameSegment: 0, submit: 1, map: 1 });
  // segment keeps a flag of each of the 4 and mixes kinds, but compares each
  // with the one before: what is mixed is not merged, as is what has P2P memory
  // at first; the map type is asked of each.
  assertEquals(of("segment"), {
    sameBio: 3,
    sameSegment: 0,
    submit: 5,
    map: 4,
  });
  // bio: 4 vectors and, once, whether merging is barred; once a request, from
  // the bio.
  assertEquals(of("bio"), { sameBio: 3, sameSegment: 0, submit: 5, map: 1 });
  // range keeps and asks nothing before it maps, map_first never.
  assertEquals(of("range"), { sameBio: 0, sameSegment: 0, submit: 0, map: 4 });
  const first = asked(
    (branches) =>
      commandLab({
        layout: "dma_vec",
        recognition: "map_first",
        more: { probe: branchProbe(branches) },
      }),
    io,
  );
  assertEquals(first, { sameBio: 0, sameSegment: 0, submit: 0, map: 0 });
});
