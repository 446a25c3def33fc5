/**
 * What kernel functions load and store beside what the path's own stages work
 * with: each function, and the fields that it touches there. A stage calls a
 * site; which fields are touched is decided in the two tables and nowhere else.
 *
 * As recorded of Debian 7.2.13 on amd64, every load and store of an I/O
 * (oracle/footprint/README.md). A field that a kernel has not is left out, and
 * so is one that the stage itself touches the same way.
 */
import { BLOCK_TOUCH_SITES } from "./block_touch_sites.ts";
import { NVME_TOUCH_SITES } from "./nvme_touch_sites.ts";

/** The sites, by their names in the path. */
export const TOUCH_SITES = {
  ...BLOCK_TOUCH_SITES,
  ...NVME_TOUCH_SITES,
};

export type TouchSiteName = keyof typeof TOUCH_SITES;
