/** The simulated machine, and what is read of workloads. */
import { importTests } from "../import_tests.ts";

await importTests(
  "sim/workload",
  "sim/cache",
  "sim/kernel",
  "sim/pci",
  "sim/text",
  "sim/memory",
  "sim/dma",
  "sim/time",
  "sim/trace",
  "sim/fault",
);
