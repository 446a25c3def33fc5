/**
 * What a device complains about.
 */

/** What the device found wrong in a command. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}

/** Prints a bus address for a complaint. */
export function busAddressText(lo: number, hi: number): string {
  const high = (hi >>> 0).toString(16);
  return `0x${high}${(lo >>> 0).toString(16).padStart(8, "0")}`;
}
