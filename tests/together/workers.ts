/** Who carries runs out: isolates, groups of them, soaks. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/contender",
  "bench/workers",
  "bench/soak",
);
