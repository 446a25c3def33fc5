/** The simulated path, and what was recorded of real kernels. */
import { importTests } from "../import_tests.ts";

await importTests(
  "sim",
  "sim/block",
  "sim/nvme",
  "sim/path",
  "sim/setup",
  "sim/recognition",
  "sim/replay",
  "sim/simulation",
  "sim/workers",
  "bench/oracle",
  "bench/footprint",
  "bench/patched",
  "bench/guide",
);
