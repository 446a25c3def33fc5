/** How commands reach a device, in simulated time. */

/** How commands arrive. */
export type Arrivals =
  /** `depth` commands are always there: one ends, one comes. */
  | { readonly kind: "closed"; readonly depth: number }
  /** Apart by chance (Poisson) or evenly, whatever the device does. */
  | {
    readonly kind: "poisson" | "even";
    readonly perSecond: number;
  };
