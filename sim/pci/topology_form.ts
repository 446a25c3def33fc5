/** The form of a PCI tree. */
import type { z } from "zod";
import { valueOf } from "../../layouts/option_check.ts";
import { Topology } from "./topology.ts";

/** A PCI tree. */
export const topologySchema: z.ZodType<Topology> = valueOf(
  "a Topology, as loadTopology() gives it",
  (value) => value instanceof Topology,
);
