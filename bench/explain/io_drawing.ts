/**
 * One I/O drawn from its buffer to its commands: rows above each other, each of
 * which covers the same bytes.
 */
import type { Shape } from "../draw/drawing.ts";
import { CATEGORY_COLORS, REST_COLOR } from "../draw/palette.ts";
import { type Block, type FigureColumn, table } from "../report/blocks.ts";
import { figureColumn, wordColumn } from "../report/columns.ts";
import { plural } from "../../sim/text/plural.ts";
import type { Explanation } from "./explanation.ts";

const WIDTH_PX = 640;
const ROW_PX = 22;
const LABEL_PX = 18;
const GAP_PX = 12;
const SECTOR_BYTES = 512;
/** Rows of the table, of each kind. */
const MOST_ROWS = 64;

const HOST = CATEGORY_COLORS[0] ?? REST_COLOR;
const P2P = CATEGORY_COLORS[1] ?? REST_COLOR;
const COMMAND = CATEGORY_COLORS[2] ?? REST_COLOR;

/** A stretch of the I/O. */
interface Stretch {
  readonly name: string;
  readonly fromBytes: number;
  readonly lengthBytes: number;
  readonly fill: string;
  readonly of: string;
}

/** Stretches that cover the I/O. */
interface Row {
  readonly label: string;
  readonly stretches: readonly Stretch[];
  /** Smaller ones inside of them. */
  readonly cuts: readonly number[];
}

/** @returns The drawing; nothing for an I/O without bytes. */
export function ioDrawing(explanation: Explanation, name: string): Block[] {
  const { config, io } = explanation;
  if (io.lengthBytes === 0) return [];
  const rows = rowsOf(explanation);
  const listed = rows.flatMap(({ stretches }) => stretches.slice(0, MOST_ROWS));
  const columns: FigureColumn<Stretch>[] = [
    wordColumn("part", ({ name }) => name),
    figureColumn("from byte", ({ fromBytes }) => fromBytes, {
      text: String,
    }),
    figureColumn("bytes", ({ lengthBytes }) => lengthBytes, {
      text: String,
    }),
    wordColumn("of", ({ of }) => of),
  ];
  return table(columns, listed).flatMap((block) =>
    block.kind !== "table" ? [] : [{
      kind: "drawing",
      name,
      title: `From the buffer to the commands: ${config.workload}, ` +
        config.layout,
      description:
        `Every row covers the ${io.lengthBytes} bytes of the I/O from left to ` +
        "right; host memory is blue, P2P memory orange. A number is that of " +
        "the piece, bio or request.",
      drawing: {
        widthPx: WIDTH_PX + 2,
        heightPx: rows.length * (LABEL_PX + ROW_PX + GAP_PX),
        shapes: rows.flatMap((row, i) =>
          shapesOf(row, {
            y: i * (LABEL_PX + ROW_PX + GAP_PX),
            pxPerByte: WIDTH_PX / io.lengthBytes,
          })
        ),
      },
      table: block,
    }]
  );
}

function rowsOf({ io, bios, requests }: Explanation): Row[] {
  let at = 0;
  const pieces = io.pieces.map(({ lengthBytes, memory }, i): Stretch => {
    const fromBytes = at;
    at += lengthBytes;
    return {
      name: `piece ${i}`,
      fromBytes,
      lengthBytes,
      fill: memory === "host" ? HOST : P2P,
      of: memory,
    };
  });
  const isP2p = (byte: number) =>
    pieces.findLast(({ fromBytes }) => fromBytes <= byte)?.fill === P2P;
  const from = (sector: number) => (sector - io.sector) * SECTOR_BYTES;
  const vectors = bios.reduce((sum, bio) => sum + bio.vectors.length, 0);
  return [
    {
      label: `buffer: ${plural(pieces.length, "piece")} of memory`,
      stretches: pieces,
      cuts: [],
    },
    {
      label: `${plural(bios.length, "bio")} with ${plural(vectors, "bio_vec")}`,
      stretches: bios.map(({ sector, lengthBytes, vectors }, i) => ({
        name: `bio ${i}`,
        fromBytes: from(sector),
        lengthBytes,
        fill: isP2p(from(sector)) ? P2P : HOST,
        of: plural(vectors.length, "bio_vec"),
      })),
      cuts: bios.flatMap(({ sector, vectors }) => {
        let inside = from(sector);
        return vectors.map(({ lengthBytes }) => inside += lengthBytes);
      }),
    },
    {
      label: `${plural(requests.length, "request")}, each with a command`,
      stretches: requests.map((request, i) => ({
        name: `request ${i}`,
        fromBytes: from(request.sector),
        lengthBytes: request.lengthBytes,
        fill: isP2p(from(request.sector)) ? P2P : HOST,
        of: plural(request.physicalSegments, "segment"),
      })),
      cuts: [],
    },
    {
      label: "what the device reads: data pages (PRP) or ranges (SGL)",
      stretches: requests.flatMap(({ sector, lengthBytes, command }, i) =>
        command === null ? [] : [{
          name: `command ${i}`,
          fromBytes: from(sector),
          lengthBytes,
          fill: COMMAND,
          of: command.kind === "prp"
            ? plural(command.pages.length, "PRP data page")
            : plural(command.descriptors.length, "SGL descriptor"),
        }]
      ),
      cuts: requests.flatMap(({ sector, lengthBytes, command }) => {
        if (command === null) return [];
        let inside = from(sector);
        if (command.kind === "sgl") {
          return command.descriptors.map((one) => inside += one.lengthBytes);
        }
        // The first page may begin in its middle, where its address says.
        const first = PAGE_BYTES - Number(
          BigInt(command.pages[0] ?? 0) % BigInt(PAGE_BYTES),
        );
        return command.pages.map((_, page) =>
          inside + Math.min(lengthBytes, first + page * PAGE_BYTES)
        );
      }),
    },
  ];
}

/** Pages of NVMe are 4 KiB here, as CC.MPS of Linux has them. */
const PAGE_BYTES = 4096;

function shapesOf(
  { label, stretches, cuts }: Row,
  { y, pxPerByte }: { y: number; pxPerByte: number },
): Shape[] {
  const top = y + LABEL_PX;
  return [
    { kind: "words", x: 0, y: y + 13, text: label },
    ...stretches.flatMap((one, i): Shape[] => {
      const x = one.fromBytes * pxPerByte;
      const width = one.lengthBytes * pxPerByte;
      const number = String(i);
      return [
        {
          kind: "box",
          ...{ x: x + 0.75, y: top, width: Math.max(0.5, width - 1.5) },
          height: ROW_PX,
          fill: one.fill,
          tip: `${one.name}: ${one.lengthBytes} bytes, ${one.of}`,
        },
        ...(width < number.length * 7 + 4 ? [] : [
          {
            kind: "words",
            ...{ x: x + width / 2, y: top + 15, text: number, size: 11 },
            ...{ anchor: "middle", onColor: true } as const,
          } as const,
        ]),
      ];
    }),
    ...cuts.map((byte): Shape => ({
      kind: "line",
      ...{ x1: byte * pxPerByte, x2: byte * pxPerByte },
      ...{ y1: top + ROW_PX - 5, y2: top + ROW_PX + 4 },
    })),
  ];
}
