/**
 * Runs of a test file take turns with a few workers where they audit: loading
 * and compiling the path is half of a short run.
 */
import { keepSpareWorkers } from "../../bench/contender/spare_workers.ts";

keepSpareWorkers(4 * navigator.hardwareConcurrency);
