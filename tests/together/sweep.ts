/** Many cells: sweeps and studies. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/sweep",
  "bench/study",
);
