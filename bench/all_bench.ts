/**
 * What `deno task bench` runs, as one module: of several, `deno bench` prints a
 * table for each, an empty one for those that a filter leaves nothing of.
 */
import "./codec_bench.ts";
import "./path_bench.ts";
import "./trace_bench.ts";
import "./workers_bench.ts";
