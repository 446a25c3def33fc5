/** The commands of the lab. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/command",
);
