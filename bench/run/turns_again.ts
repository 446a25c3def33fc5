/**
 * Takes warm slices again during which the CPU was slow (slow_turns.ts): at the
 * end of their round, so that what it was slow for has time to end. Cold slices
 * are not taken again, for not all others would have run before them.
 */
import { isSlow, slowdownOf, StillSpeed } from "../statistics/slow_turns.ts";
import type { ResultSlowTurns } from "../result/timing_types.ts";
import type { TimedTurn } from "./timed_cell.ts";

/** Turns that are taken again, at most, for each turn of a build. */
const MOST_AGAIN = 2;
/** How often the slow ones of a round are taken again. */
const MOST_PASSES = 8;

export class TurnsAgain {
  readonly #most: number;
  readonly #speed = new StillSpeed();
  /** Turns that were taken again, of each build. */
  readonly #again = new Map<number, number>();
  #turns = 0;
  #slow = 0;
  #kept = 0;
  #slowdown = 1;

  /** @param turns Turns of a build. */
  constructor(turns: number) {
    this.#most = MOST_AGAIN * turns;
  }

  get counts(): ResultSlowTurns {
    const again = this.#again.values().reduce((sum, own) => sum + own, 0);
    return {
      turns: this.#turns,
      slow: this.#slow,
      again,
      kept: this.#kept,
      slowdown: Number(this.#slowdown.toPrecision(3)),
    };
  }

  /**
   * Takes the slow turns of a round again. One that is slow once more is left
   * as it was.
   *
   * @param turns Warm turns of the build; those of the round are replaced.
   * @param take Takes a turn of each, in this order.
   */
  async endRound(
    turns: TimedTurn[],
    { build, round, signal, take }: {
      readonly build: number;
      readonly round: number;
      readonly signal?: AbortSignal | undefined;
      readonly take: (
        contenders: readonly string[],
      ) => Promise<readonly TimedTurn[]>;
    },
  ): Promise<void> {
    const own = () => turns.filter((turn) => turn.round === round);
    this.#speed.note(build, own().flatMap(({ probesNs = [] }) => probesNs));
    this.#turns += own().length;
    let slow = this.#slowOf(own());
    this.#slow += slow.length;
    for (const { probesNs = [] } of slow) {
      const slowdown = slowdownOf(probesNs, this.#speed.ns);
      this.#slowdown = Math.max(this.#slowdown, slowdown);
    }
    for (let pass = 0; pass < MOST_PASSES && slow.length > 0; pass++) {
      const again = this.#again.get(build) ?? 0;
      const names = slow.map(({ contender }) => contender)
        .slice(0, this.#most - again);
      if (names.length === 0 || signal?.aborted) break;
      const taken = await take(names);
      this.#again.set(build, again + taken.length);
      for (const turn of taken) {
        // Its fixed work says nothing of a still CPU: these were slow just now.
        if (this.#slowOf([turn]).length > 0) continue;
        const at = turns.findIndex(({ contender, round }) =>
          contender === turn.contender && round === turn.round
        );
        if (at >= 0) turns[at] = turn;
      }
      slow = this.#slowOf(own());
    }
    this.#kept += slow.length;
  }

  #slowOf(turns: readonly TimedTurn[]): TimedTurn[] {
    const stillNs = this.#speed.ns;
    return turns.filter(({ probesNs = [] }) => isSlow(probesNs, stillNs));
  }
}
