/**
 * bio_alloc() of a task that may sleep: where no bio is left, it waits for
 * those in flight (mempool_alloc() in block/bio.c, bio_alloc_bioset()).
 */
import type { BioPool } from "./bio.ts";
import type { BlockQueue } from "./queue_parts.ts";

/** Takes a bio with room for `vecs` vectors; 0 where none can ever be had. */
export type AllocBio = (vecs: number, opf: number) => number;

export function createBioAlloc(
  bios: BioPool,
  queue: Pick<BlockQueue, "sleep">,
): AllocBio {
  const { alloc } = bios;
  const { sleep } = queue;
  return (vecs, opf) => {
    const bio = alloc(vecs, opf);
    if (bio !== 0) return bio;
    sleep();
    return alloc(vecs, opf) | 0;
  };
}
