/** Runs. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/run",
  "bench/guards",
  "bench/export",
);
