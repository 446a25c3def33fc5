/** Notes where the objects of a disk lie, and which were not to be found. */
import type { KernelData, Members } from "./members.ts";
import type { Places } from "./places.ts";

export class FoundObjects {
  /** Names of those that the kernel or its objects did not show. */
  readonly missing: string[] = [];
  readonly #data: KernelData;
  readonly #places: Places;

  constructor(data: KernelData, places: Places) {
    this.#data = data;
    this.#places = places;
  }

  /**
   * Notes a struct.
   *
   * @param count How many of them lie side by side.
   */
  add(
    at: number | undefined,
    type: string,
    name: string = type,
    count: number = 1,
  ): void {
    const sizeBytes = this.#data.types.sizeOf(type);
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
    else {
      const place = { from: at, to: at + sizeBytes, name };
      this.#places.add(type === undefined ? place : { ...place, type });
    }
  }
}

export interface ObjectSearch {
  readonly data: KernelData;
  readonly members: Members;
  readonly found: FoundObjects;
}
