/**
 * What a device complains about.
 */

/** What the device found wrong in a command. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}
