/**
 * What `deno task bench` runs, as one module: with several, `deno bench` prints
 * a table for each, an empty one for those of which a filter leaves nothing.
 */
import "./codec_bench.ts";
import "./path_bench.ts";
import "./trace_bench.ts";
import "./workers_bench.ts";
