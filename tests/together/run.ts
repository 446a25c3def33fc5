/** Runs, and who carries them out. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/run",
  "bench/guards",
  "bench/contender",
  "bench/workers",
  "bench/soak",
  "bench/export",
);
