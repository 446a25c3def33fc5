/**
 * bvec-lab: how the memory layout of the kernel's `struct bio_vec` changes
 * block and P2PDMA I/O.
 *
 * @module
 */
export * from "./layouts/mod.ts";
export * from "./sim/mod.ts";
export * from "./bench/mod.ts";
