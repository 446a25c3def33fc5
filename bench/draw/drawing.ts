/**
 * Drawings that are not charts, such as the bytes of a struct: rectangles,
 * lines and words, as data, so that whoever writes them escapes nothing.
 */
import { markupText } from "./markup.ts";
import type { Picture } from "./picture.ts";

/** A part of a drawing; lengths in CSS pixels, from the upper left corner. */
export type Shape =
  | {
    readonly kind: "box";
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    /** Its colour; a hole is hatched. */
    readonly fill: string | "hole";
    /** What a pointer that rests on it shows. */
    readonly tip?: string;
  }
  | {
    readonly kind: "line";
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
    readonly width?: number;
    readonly dashed?: boolean;
  }
  | {
    readonly kind: "words";
    readonly x: number;
    readonly y: number;
    readonly text: string;
    readonly size?: number;
    readonly anchor?: "start" | "middle" | "end";
    /** Written on a box of colour: white. */
    readonly onColor?: boolean;
    readonly bold?: boolean;
  };

export interface Drawing {
  /** Width in CSS pixels. */
  readonly widthPx: number;
  /** Height in CSS pixels. */
  readonly heightPx: number;
  /** Its parts, the later ones on top. */
  readonly shapes: readonly Shape[];
}

/** @param name Makes the ids in it unlike those of other pictures of a page. */
export function drawShapes(
  { widthPx, heightPx, shapes }: Drawing,
  name: string,
): Picture {
  const hole = `${name}-hole`;
  const hatching =
    shapes.some((shape) => shape.kind === "box" && shape.fill === "hole")
      ? `<defs><pattern id="${hole}" width="5" height="5" ` +
        `patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
        `<line x1="0" y1="0" x2="0" y2="5" stroke="currentColor" ` +
        `stroke-width="1.4" stroke-opacity="0.55"/></pattern></defs>`
      : "";
  return {
    widthPx,
    heightPx,
    body: hatching +
      `<g font-family="system-ui, sans-serif" font-size="12" fill="currentColor">` +
      runs(shapes).map((run) => written(run, hole)).join("") + "</g>",
  };
}

/** Shapes that follow each other and look alike are one element. */
function runs(shapes: readonly Shape[]): Shape[][] {
  const found: Shape[][] = [];
  for (const shape of shapes) {
    const last = found.at(-1);
    const before = last?.[0];
    if (last !== undefined && before !== undefined && areAlike(before, shape)) {
      last.push(shape);
    } else found.push([shape]);
  }
  return found;
}

function areAlike(one: Shape, other: Shape): boolean {
  if (one.kind === "line" && other.kind === "line") {
    return one.width === other.width && one.dashed === other.dashed;
  }
  return one.kind === "box" && other.kind === "box" &&
    one.fill === other.fill && one.tip === undefined &&
    other.tip === undefined;
}

function written(run: readonly Shape[], hole: string): string {
  const [shape] = run;
  switch (shape?.kind) {
    case undefined:
      return "";
    case "box": {
      const { fill, tip } = shape;
      const paint = fill === "hole"
        ? `fill="url(#${hole})" stroke="currentColor" stroke-opacity="0.5"`
        : `fill="${fill}"`;
      const path = run.map((one) =>
        one.kind !== "box"
          ? ""
          : `M${px(one.x)},${px(one.y)}h${px(one.width)}v${px(one.height)}` +
            `h${px(-one.width)}z`
      ).join("");
      const tag = `path ${paint} d="${path}"`;
      return tip === undefined
        ? `<${tag}/>`
        : `<${tag}><title>${markupText(tip)}</title></path>`;
    }
    case "line": {
      const { width = 1, dashed } = shape;
      const path = run.map((one) =>
        one.kind !== "line"
          ? ""
          : `M${px(one.x1)},${px(one.y1)}L${px(one.x2)},${px(one.y2)}`
      ).join("");
      return `<path stroke="currentColor" stroke-width="${width}"` +
        `${dashed ? ' stroke-dasharray="4 3"' : ""} d="${path}"/>`;
    }
    case "words":
      return run.map((one) => one.kind === "words" ? wordsOf(one) : "")
        .join("");
  }
}

function wordsOf(
  { x, y, text, size = 12, anchor = "start", onColor, bold }: Extract<
    Shape,
    { kind: "words" }
  >,
): string {
  return `<text x="${px(x)}" y="${px(y)}"` +
    `${size === 12 ? "" : ` font-size="${size}"`}` +
    `${anchor === "start" ? "" : ` text-anchor="${anchor}"`}` +
    `${onColor ? ' fill="#fff"' : ""}${bold ? ' font-weight="600"' : ""}>` +
    `${markupText(text)}</text>`;
}

/** Two places after the point are less than an eye sees. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
