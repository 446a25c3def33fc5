/** Notes where the kernel's objects are, and which were not to be found. */
import type { KernelObject } from "./kernel_object.ts";
import type { Places } from "./places.ts";

export class FoundObjects {
  /** Names of those that the kernel or its objects did not show. */
  readonly missing: string[] = [];
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /**
   * Notes a struct.
   *
   * @param count How many of them are side by side.
   */
  add(
    { at, type, sizeBytes }: KernelObject,
    name: string = type,
    count: number = 1,
  ): void {
    if (at === undefined || sizeBytes === undefined) {
      this.missing.push(name);
      return;
    }
    const place = { from: at, to: at + sizeBytes * count, name, type };
    this.#places.add(count > 1 ? { ...place, strideBytes: sizeBytes } : place);
  }

  /**
   * Notes memory whose size no type says.
   *
   * @param type Tag of the struct that begins there, if one does.
   */
  bytes(
    at: number | undefined,
    name: string,
    sizeBytes: number,
    type?: string,
  ): void {
    if (at === undefined) this.missing.push(name);
    else this.#places.add({ from: at, to: at + sizeBytes, name, type });
  }
}
