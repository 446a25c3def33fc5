/**
 * The merged result of a sweep, `lab merge --json`:
 *
 *     {schemaVersion, tool: {name, version}, kind: "sweep", name, plan: digest,
 *      axes: [NAME], version, commit, codeDigest, machines: [{os, ...}],
 *      complete, missing: ["exact/ID"],
 *      leftOut: [{axes, reason}], dropped, repeated,
 *      cells: [{id, axes: {NAME: text}, machine: index | null, setup, cell}]}
 *
 * `cell` is a cell of a result, in the short form that `lab run --json` writes:
 * footprints by structure and by stage among it, structures within stages not,
 * which stay in the files of the folders. Times of a cell are of
 * `machines[machine]`, and are compared inside a cell; between cells only where
 * the machine is the same one.
 *
 * It is written cell by cell, so that memory does not grow with the sweep.
 */
import { printableJson } from "../../sim/text/printable.ts";
import type { ResultCell } from "../result/result.ts";
import { shortCell } from "../result/short_result.ts";
import { labTool } from "../machine/tool.ts";
import {
  type CellFile,
  readCellFile,
  SWEEP_SCHEMA_VERSION,
} from "./cell_file.ts";
import type { Manifest } from "./manifest.ts";
import type { FoundCell, Survey } from "./survey.ts";

export interface MergedCell {
  readonly id: string;
  /** What a reader calls its values. */
  readonly axes: Readonly<Record<string, string>>;
  /** Index of the machine of its times; `null` where it is not timed. */
  readonly machine: number | null;
  /** Its setup, as `lab run --setup` takes it. */
  readonly setup: Readonly<Record<string, unknown>>;
  /** Its figures: exact ones, and times where it is timed. */
  readonly cell: ResultCell;
}

export interface SweepResult {
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly kind: "sweep";
  readonly name: string;
  readonly plan: string;
  readonly axes: readonly string[];
  readonly version: string;
  readonly commit: string | null;
  readonly codeDigest: string | null;
  readonly machines: Survey["machines"];
  readonly complete: boolean;
  readonly missing: readonly string[];
  readonly leftOut: Manifest["leftOut"];
  readonly dropped: number;
  readonly repeated: number;
  readonly cells: readonly MergedCell[];
}

/** Reads the cells of a survey, one after the other. */
export async function* mergedCells(
  survey: Survey,
  signal?: AbortSignal,
): AsyncGenerator<MergedCell> {
  for (const found of survey.cells) {
    signal?.throwIfAborted();
    const file = await fileOf(found);
    if (file === undefined) continue;
    const { entry: { id, axes }, machine = null } = found;
    yield { id, axes, machine, setup: file.setup, cell: file.cell };
  }
}

/** Times come with the exact figures, which are the same. */
async function fileOf({ files }: FoundCell): Promise<CellFile | undefined> {
  const path = files.get("timed") ?? files.get("exact");
  return path === undefined ? undefined : await readCellFile(path);
}

/** Times keep their samples, from which others may make intervals. */
function short(merged: MergedCell): MergedCell {
  const { layouts } = merged.cell;
  const cell = shortCell(merged.cell);
  return {
    ...merged,
    cell: {
      ...cell,
      layouts: cell.layouts.map((layout, index) => {
        const { samples, warmUps } = { ...layouts[index] };
        return { ...layout, samples, warmUps };
      }),
    },
  };
}

/** Returns the text of the merged result, part by part. */
export async function* sweepResultText(
  survey: Survey,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const { manifest, made, machines, missing } = survey;
  const { name, digest, axes, leftOut, dropped, repeated } = manifest;
  const head: Omit<SweepResult, "cells"> = {
    schemaVersion: SWEEP_SCHEMA_VERSION,
    tool: labTool(),
    kind: "sweep",
    name,
    plan: digest,
    axes,
    ...made as Pick<SweepResult, "version" | "commit" | "codeDigest">,
    machines,
    complete: missing.length === 0,
    missing,
    leftOut,
    dropped,
    repeated,
  };
  const text = printableJson(JSON.stringify(head, null, 2));
  yield text.slice(0, -2) + ',\n  "cells": [';
  let comma = "\n    ";
  for await (const cell of mergedCells(survey, signal)) {
    yield comma + printableJson(JSON.stringify(short(cell)));
    comma = ",\n    ";
  }
  yield "\n  ]\n}\n";
}
