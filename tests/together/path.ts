/** The simulated path. */
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
);
