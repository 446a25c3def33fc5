import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mixedProposal, mixingNote } from "../../../bench/report/mixing.ts";
import { renderCell } from "../../../bench/report/text.ts";
import type { ResultCell } from "../../../bench/result/result.ts";
import {
  endsBioByKind,
  recognitions,
} from "../../../sim/recognition/recognition_registry.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";
import { exporterOf, SEGMENT } from "./full_result.ts";

Deno.test("mixedProposal() names one of the two proposals for each detection", () => {
  // Bios by kind where pages or the bio say what memory is (blockspec 3.5).
  const rules = recognitions.map((recognition) => {
    const phrase = mixedProposal(recognition);
    assertStringIncludes(
      phrase,
      "Linux 7.2 ends the I/O where the kind changes",
    );
    return [recognition, /"([^"]+)"/.exec(phrase)?.[1]];
  });
  const eachKind = "a bio for each kind";
  const oneBio = "one bio by segment";
  assertEquals(
    rules,
    recognitions.map((recognition) => [
      recognition,
      endsBioByKind(recognition) ? eachKind : oneBio,
    ]),
  );
});

Deno.test("mixingNote() has the rule beside whoever takes more bios", () => {
  const { counts } = fixedLayout();
  const noteOf = (baseline: number, other: number) =>
    mixingNote(fixedCell({
      recognition: "bio",
      layouts: [
        fixedLayout({ counts: { ...counts, biosPerIo: baseline } }),
        fixedLayout({
          name: "phyr",
          recognition: "bio",
          counts: { ...counts, biosPerIo: other },
        }),
      ],
    }));

  assertStringIncludes(
    noteOf(8.5, 1),
    "takes 8.500 bios per I/O, because a bio does not mix kinds of memory; " +
      "layouts that detect it by bio take 1. Both",
  );
  // Before 7.2 pages do not end a bio.
  assertStringIncludes(
    noteOf(1, 8.5),
    "takes 1 bio per I/O; layouts that detect it by bio take 8.500, because a " +
      "bio does not mix kinds of memory. Both",
  );
});

Deno.test("a figure that owes to the mixing rule says so wherever it stands", () => {
  const said = "page_offset takes 8.500 bios per I/O here, the others 1";
  const told = (cell: ResultCell) => renderCell(cell).replaceAll("\n", " ");
  const count = (text: string) => text.split(said).length - 1;
  // Below the measured table; the first one has more words.
  assertEquals(count(told(SEGMENT)), 1);
  assert(told(SEGMENT).includes("because a bio does not mix kinds of memory"));
  const mail = exporterOf("mail").render(fixedResult({ cells: [SEGMENT] }));
  assertEquals(count(mail.replaceAll(/\s+/g, " ")), 1);
  const alike = {
    ...SEGMENT,
    layouts: SEGMENT.layouts.map((layout) => ({
      ...layout,
      counts: { ...layout.counts, biosPerIo: 8.5 },
    })),
  };
  assertEquals(/rule|mix kinds/.test(told(alike)), false);
  // Other bios of the same recognition are the layout's own doing.
  const own = {
    ...SEGMENT,
    layouts: SEGMENT.layouts.map((layout) => ({
      ...layout,
      recognition: "page",
    })),
  };
  assertEquals(/rule|mix kinds/.test(told(own)), false);
});
