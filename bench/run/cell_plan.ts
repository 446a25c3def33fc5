/** What a cell is: which layouts are compared, on what. */
import type { Abi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { ResultLeftOut } from "../result/result.ts";
import type { Engine } from "../setup/engine_choice.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";

/** One layout with the recognition that it uses. */
export interface CellContender {
  /** The layout. */
  readonly layout: Layout;
  /** How it recognises P2P memory. */
  readonly recognition: Recognition;
}

/** One comparison to be made. */
export interface CellPlan {
  /** Name or path of the workload. */
  readonly workload: string;
  /** The ABI. */
  readonly abi: Abi;
  /** The recognition asked for. */
  readonly recognition: Recognition;
  /** What runs the path. */
  readonly engine: Engine;
  /** The layouts that take part; the baseline first. */
  readonly contenders: readonly CellContender[];
  /** Who cannot. */
  readonly leftOut: readonly ResultLeftOut[];
}
