/**
 * Layouts on one ABI, byte by byte: the members of one segment, and how segments
 * fall on the cache lines of a table.
 */
import type { Abi } from "../../layouts/abi.ts";
import { type ArrayShape, arrayShape } from "../../layouts/array_shape.ts";
import {
  isUnsupported,
  type Layout,
  type Roles,
} from "../../layouts/layout.ts";
import {
  type PlacedField,
  type PlacedStruct,
  placeStruct,
  unusedBytes,
} from "../../layouts/struct.ts";
import { plural } from "../../sim/text/plural.ts";
import type { Shape } from "../draw/drawing.ts";
import { CATEGORY_COLORS, REST_COLOR } from "../draw/palette.ts";
import { type Block, type FigureColumn, table } from "./blocks.ts";
import { figureColumn, nameColumn, wordColumn } from "./columns.ts";
import { printableCell } from "../text/plain_table.ts";

const LINE_BYTES = 64;
const LINES = 2;
const TABLE_BYTES = LINES * LINE_BYTES;
const WIDTH_PX = 640;
const MEMBER_PX = 24;
const TABLE_PX = 16;
const GAP_PX = 20;
const TITLE_PX = 20;
/** Width of a character of the small text, about. */
const LETTER_PX = 6.3;
/** Segments of a table whose members are arrays of their own. */
const SOA_SEGMENTS = 8;

/** What a member is for, with its colour. */
const ROLES = {
  address: { word: "address", color: CATEGORY_COLORS[0] },
  length: { word: "length", color: CATEGORY_COLORS[1] },
  offset: { word: "offset", color: CATEGORY_COLORS[2] },
  flag: { word: "flags", color: CATEGORY_COLORS[3] },
  other: { word: "other members", color: REST_COLOR },
} as const;

type Role = keyof typeof ROLES;

/** A layout that exists on the ABI. */
interface Drawn {
  readonly name: string;
  readonly roles: Roles;
  readonly arrangement: Layout["arrangement"];
  readonly placed: PlacedStruct;
  readonly shape: ArrayShape;
}

/**
 * Returns the drawing with its table.
 *
 * @returns It; nothing where no layout exists there.
 */
export function layoutDrawing(
  layouts: readonly Layout[],
  abi: Abi,
): Block[] {
  const drawn = layouts.flatMap((layout): Drawn[] => {
    const struct = layout.struct(abi);
    if (isUnsupported(struct)) return [];
    const placed = placeStruct(struct, abi);
    const { name, roles, arrangement } = layout;
    return [{
      ...{ name, roles, arrangement, placed },
      shape: arrayShape(placed, arrangement),
    }];
  });
  return table(COLUMNS, drawn).flatMap((block) =>
    block.kind !== "table" ? [] : [{
      kind: "drawing",
      name: `structs-${abi.name}`,
      title: `Segments of each layout on ${abi.name}, byte by byte`,
      description:
        `Above, one segment: its members, hatched where no member is. Below, ` +
        `the first ${TABLE_BYTES} bytes of a table of segments, numbered; ` +
        `thick lines are borders of cache lines of ${LINE_BYTES} bytes.`,
      drawing: {
        widthPx: WIDTH_PX + 2,
        heightPx: TITLE_PX + GAP_PX / 2 +
          drawn.length * (TITLE_PX + MEMBER_PX + TABLE_PX + 4 + GAP_PX),
        shapes: [
          ...legend(drawn),
          ...drawn.flatMap((one, i) =>
            shapesOf(
              one,
              TITLE_PX + GAP_PX / 2 +
                i * (TITLE_PX + MEMBER_PX + TABLE_PX + 4 + GAP_PX),
            )
          ),
        ],
      },
      table: block,
    }]
  );
}

const COLUMNS: readonly FigureColumn<Drawn>[] = [
  nameColumn("layout"),
  figureColumn("sizeof", ({ shape }) => shape.segmentBytes),
  figureColumn("align", ({ shape }) => shape.alignBytes),
  figureColumn("unused B", ({ placed }) => unusedBytes(placed)),
  figureColumn("straddling", (one) => straddling(one).length),
  wordColumn(
    "members (bytes from the start)",
    ({ placed }) => placed.fields.map(placeWords).join(", "),
  ),
];

/** Such as `bv_page 0-7`, or `hdr_length bits 4-31`. */
function placeWords({ name, startBit, sizeBits }: PlacedField): string {
  const last = startBit + sizeBits - 1;
  return startBit % 8 === 0 && sizeBits % 8 === 0
    ? `${name} ${startBit / 8}-${(last - 7) / 8}`
    : `${name} bits ${startBit}-${last}`;
}

function roleOf({ address, length, flag }: Roles, name: string): Role {
  if (name === address.field) return "address";
  if (name === address.offset) return "offset";
  if (name === length.field || name === length.high) return "length";
  if (name === flag?.field) return "flag";
  return "other";
}

function legend(drawn: readonly Drawn[]): Shape[] {
  const used = new Set(
    drawn.flatMap(({ placed, roles }) =>
      placed.fields.map(({ name }) => roleOf(roles, name))
    ),
  );
  let x = 0;
  const shapes: Shape[] = [];
  const add = (fill: string | "hole", text: string) => {
    shapes.push(
      { kind: "box", x, y: 3, width: 14, height: 12, fill },
      { kind: "words", x: x + 19, y: 13, text },
    );
    x += 19 + text.length * 6.8 + 18;
  };
  for (const role of Object.keys(ROLES) as Role[]) {
    if (used.has(role)) add(ROLES[role].color ?? REST_COLOR, ROLES[role].word);
  }
  add("hole", "nothing");
  return shapes;
}

function shapesOf(one: Drawn, y: number): Shape[] {
  const { name, shape, arrangement } = one;
  const across = straddling(one).length;
  const kind = arrangement.kind === "soa"
    ? `, each member an array of its own (here for ${SOA_SEGMENTS})`
    : arrangement.kind === "chunks"
    ? `, in chunks of ${arrangement.chunkBytes} bytes with a link in front`
    : "";
  const said = `${shape.segmentBytes} bytes a segment${kind}` +
    (across === 0 ? "" : `; ${plural(across, "segment")} on two lines`);
  const label = printableCell(name);
  return [
    { kind: "words", x: 0, y: y + 13, text: label, bold: true, size: 13 },
    {
      kind: "words",
      x: label.length * 8.3 + 12,
      y: y + 13,
      text: said,
    },
    ...memberShapes(one, y + TITLE_PX),
    ...tableShapes(one, y + TITLE_PX + MEMBER_PX + 4),
  ];
}

function memberShapes({ placed, roles }: Drawn, y: number): Shape[] {
  // Up to 32 bytes all layouts have one scale, so that sizes can be compared.
  const bytePx = WIDTH_PX / Math.max(32, placed.sizeBytes);
  const members = placed.fields.flatMap((field): Shape[] => {
    const x = field.startBit / 8 * bytePx;
    const width = field.sizeBits / 8 * bytePx;
    const role = roleOf(roles, field.name);
    const text = printableCell(field.name);
    const fits = text.length * LETTER_PX + 6 <= width;
    return [
      {
        kind: "box",
        ...{ x: x + 0.75, y, width: Math.max(1, width - 1.5) },
        height: MEMBER_PX,
        fill: ROLES[role].color ?? REST_COLOR,
        tip: placeWords(field),
      },
      ...(fits
        ? [
          {
            kind: "words",
            ...{ x: x + width / 2, y: y + 16, text, size: 11 },
            anchor: "middle",
            onColor: true,
          } as const,
        ]
        : []),
    ];
  });
  return [
    {
      kind: "box",
      ...{ x: 0.75, y, width: placed.sizeBytes * bytePx - 1.5 },
      height: MEMBER_PX,
      fill: "hole",
    },
    // A hole is seen between members, and nothing of it after them.
    ...members,
  ];
}

/** Byte ranges of a segment in its table, with what they hold. */
function segmentRanges(
  { placed, roles, shape, arrangement }: Drawn,
  index: number,
): { from: number; to: number; role: Role }[] {
  const capacity = arrangement.kind === "soa" ? SOA_SEGMENTS : TABLE_BYTES;
  return placed.fields.flatMap((field) => {
    const startByte = field.startBit >>> 3;
    const at = shape.locator(startByte)(0, capacity, index);
    const inside = (field.startBit % 8) / 8;
    return [{
      from: at + inside,
      to: at + inside + field.sizeBits / 8,
      role: roleOf(roles, field.name),
    }];
  });
}

function indexes({ arrangement }: Drawn): number[] {
  const most = arrangement.kind === "soa" ? SOA_SEGMENTS : TABLE_BYTES;
  return Array.from({ length: most }, (_, index) => index);
}

/** Segments that begin in what is drawn and have members on two lines. */
function straddling(one: Drawn): number[] {
  if (one.arrangement.kind === "soa") return [];
  return indexes(one).filter((index) => {
    const ranges = segmentRanges(one, index);
    const from = Math.min(...ranges.map(({ from }) => from));
    const to = Math.max(...ranges.map(({ to }) => to));
    return from < TABLE_BYTES &&
      Math.floor(from / LINE_BYTES) !== Math.floor((to - 1 / 8) / LINE_BYTES);
  });
}

function tableShapes(one: Drawn, y: number): Shape[] {
  const bytePx = WIDTH_PX / TABLE_BYTES;
  const shapes: Shape[] = [];
  for (const index of indexes(one)) {
    const ranges = segmentRanges(one, index)
      .filter(({ from }) => from < TABLE_BYTES);
    for (const { from, to, role } of ranges) {
      shapes.push({
        kind: "box",
        ...{ x: from * bytePx, y },
        width: (Math.min(to, TABLE_BYTES) - from) * bytePx - 0.5,
        height: TABLE_PX,
        fill: ROLES[role].color ?? REST_COLOR,
      });
    }
    const [first] = ranges;
    if (first === undefined) continue;
    const from = Math.min(...ranges.map(({ from }) => from));
    shapes.push({
      kind: "line",
      ...{ x1: from * bytePx, y1: y - 2, x2: from * bytePx },
      y2: y + TABLE_PX + 2,
      width: 1,
    });
    // In the address, which is never small.
    const own = ranges.find(({ role }) => role === "address") ?? first;
    const width = (own.to - own.from) * bytePx;
    if (width >= String(index).length * LETTER_PX + 2) {
      shapes.push({
        kind: "words",
        ...{ x: (own.from + own.to) / 2 * bytePx, y: y + 12 },
        text: String(index),
        ...{ size: 10, anchor: "middle", onColor: true },
      });
    }
  }
  const kinds = ["box", "line", "words"];
  const fillOf = (shape: Shape) => shape.kind === "box" ? shape.fill : "";
  // Those that look alike together: they are one element then.
  shapes.sort((a, b) =>
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    fillOf(a).localeCompare(fillOf(b))
  );
  return [
    {
      kind: "box",
      ...{ x: 0, y, width: WIDTH_PX, height: TABLE_PX, fill: "hole" },
    },
    ...shapes,
    ...Array.from({ length: LINES + 1 }, (_, line): Shape => ({
      kind: "line",
      x1: Math.max(1, line * LINE_BYTES * bytePx),
      x2: Math.max(1, line * LINE_BYTES * bytePx),
      ...{ y1: y - 4, y2: y + TABLE_PX + 4, width: 3 },
    })),
  ];
}
