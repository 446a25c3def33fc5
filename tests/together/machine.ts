/** Layouts, structs as C text, the simulated machine, and what is read. */
import { importTests } from "../import_tests.ts";

await importTests(
  "layouts",
  "layouts/c_text",
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
