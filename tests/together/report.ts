/** What is told, and how; readers and the path against any input. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/report",
  "bench/result",
  "bench/statistics",
  "bench/setup",
  "bench/shell",
  "bench/text",
  "bench/draw",
  "bench/files",
  "bench/machine",
  "bench/explain",
  "bench/verify",
  "bench/simulate",
  "bench/command_line",
  "bench/targets",
  "bench/codec",
  "bench/fuzz",
  "bench/soak",
);
