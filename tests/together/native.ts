/** The path in C, and kernels in QEMU. */
import { importTests } from "../import_tests.ts";

await importTests(
  "bench/native",
  "bench/native/count",
  "bench/kernel",
  "bench/check",
  "bench/source_audit",
);
