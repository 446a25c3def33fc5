/**
 * Where the kernel's objects are: intervals of addresses, the innermost wins.
 */
import { lastNotBehind } from "./last_not_behind.ts";

/** An object, or an array of equal ones. */
export interface Place {
  /** Its first byte, above `KERNEL_BASE`. */
  readonly from: number;
  /** The byte after it. */
  readonly to: number;
  /** What a report calls it. */
  readonly name: string;
  /** Its struct's tag, if it has fields. */
  readonly type?: string | undefined;
  /** Bytes of one element of an array. */
  readonly strideBytes?: number | undefined;
  /** Bytes of the struct in front of `from`, for a part of one. */
  readonly skippedBytes?: number | undefined;
}

/** Finds the object of an address. */
export class Places {
  #places: Place[] = [];
  #sorted = true;

  /** Adds an object; a later one hides the parts of earlier ones. */
  add(place: Place): void {
    if (!(place.to > place.from)) return;
    this.#places.push(place);
    this.#sorted = false;
  }

  /**
   * Finds what an address is part of.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @returns The object; `undefined` if none was added there.
   */
  find(address: number): Place | undefined {
    if (!this.#sorted) this.#sort();
    const place = lastNotBehind(this.#places, address, ({ from }) => from);
    return place !== undefined && address < place.to ? place : undefined;
  }

  /** Cuts earlier objects where later ones are, and sorts. */
  #sort(): void {
    const kept: Place[] = [];
    const borders = [
      ...new Set(this.#places.flatMap(({ from, to }) => [from, to])),
    ].toSorted((a, b) => a - b);
    const rank = new Map(this.#places.map((place, index) => [place, index]));
    const rankOf = (place: Place) => rank.get(place) ?? 0;
    const starts = this.#places.toSorted((a, b) => a.from - b.from);
    const open = new Set<Place>();
    let next = 0;
    borders.forEach((border, index) => {
      for (const place of open) if (place.to <= border) open.delete(place);
      for (; next < starts.length; next++) {
        const place = starts[next];
        if (place === undefined || place.from > border) break;
        open.add(place);
      }
      const to = borders[index + 1];
      if (to === undefined || open.size === 0) return;
      let top: Place | undefined;
      for (const place of open) {
        if (top === undefined || rankOf(place) > rankOf(top)) top = place;
      }
      if (top === undefined) return;
      const skippedBytes = (top.skippedBytes ?? 0) + border - top.from;
      const last = kept.at(-1);
      if (last !== undefined && last.to === border && same(last, top)) {
        kept[kept.length - 1] = { ...last, to };
      } else kept.push({ ...top, from: border, to, skippedBytes });
    });
    this.#places = kept;
    this.#sorted = true;
  }
}

function same(last: Place, top: Place): boolean {
  return last.name === top.name && last.type === top.type &&
    last.from - (last.skippedBytes ?? 0) ===
      top.from - (top.skippedBytes ?? 0);
}
