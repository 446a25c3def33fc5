/**
 * Random replacement: any line of a full set leaves with equal chance, the
 * same ones in every run with the same seed.
 */
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import type { LineSetsShape } from "./line_sets.ts";
import { WaySets } from "./way_sets.ts";

export class RandomSets extends WaySets {
  readonly #stream: RandomStream;

  /** @param source The seed of the run and the name of the cache. */
  constructor(shape: LineSetsShape, source: { seed: number; name: string }) {
    super(shape);
    this.#stream = randomStream(source.seed, `cache ${source.name}`);
  }

  protected use(): void {}

  protected chooseVictim(): number {
    return this.#stream.below(this.ways);
  }

  protected leavingOrder(): number[] {
    return Array.from({ length: this.ways }, (_, way) => way);
  }
}
