/** Many cells, sweeps and studies, and the isolates that carry them out. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/sweep",
  "bench/study",
  "bench/contender",
  "bench/workers",
);
