/**
 * The machine and the path: memory, block layer, DMA mapping, NVMe, workloads.
 *
 * @module
 */
export { type RandomStream, randomStream } from "./random.ts";
