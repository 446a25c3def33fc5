/** What was recorded of real kernels. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/oracle",
  "bench/footprint",
  "bench/patched",
  "bench/guide",
);
