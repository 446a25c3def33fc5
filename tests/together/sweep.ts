/** Many cells, and what is recorded of kernels. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/sweep",
  "bench/study",
  "bench/oracle",
  "bench/footprint",
  "bench/patched",
);
