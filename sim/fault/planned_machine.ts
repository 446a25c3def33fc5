/**
 * The machine that a fault plan asks for: a controller that bounces everything
 * through a pool, and requests that are no longer than the pool can map.
 */
import type { QueueLimits } from "../block/queue_limits.ts";
import { swiotlbMaxMappingBytes } from "../dma/swiotlb_limits.ts";
import type { ControllerOptions } from "../nvme/controller.ts";
import type { InjectionPlan } from "./plan.ts";

/**
 * Returns the controller of a plan: one that bounces if the plan has a pool.
 *
 * @returns The controller to assemble with, and to make data memory for.
 */
export function plannedController(
  controller: ControllerOptions,
  plan: InjectionPlan,
): ControllerOptions {
  const { bouncePoolBytes } = plan;
  // Behind an IOMMU nothing has to be bounced.
  if (bouncePoolBytes === 0 || controller.iommu === true) return controller;
  return { ...controller, forceBounce: true, bouncePoolBytes };
}

/**
 * Returns the queue limits of a plan (dma_max_mapping_size()).
 *
 * @returns Limits of requests that the pool can map.
 */
export function plannedLimits(
  limits: QueueLimits,
  controller: ControllerOptions,
): QueueLimits {
  if (controller.forceBounce !== true) return limits;
  const most = swiotlbMaxMappingBytes(4095) / 512;
  return { ...limits, maxSectors: Math.min(limits.maxSectors, most) };
}
