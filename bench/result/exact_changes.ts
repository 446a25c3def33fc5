/** Exact figures that two results do not have alike. */
import { differences, type DifferingKey } from "./likeness.ts";
import type { ResultCell, ResultLayout } from "./result.ts";

/** Simulated time comes from no clock: it is compared exactly. */
export function simulatedChanges(
  before: ResultCell,
  after: ResultCell,
): DifferingKey[] {
  const others = after.simulated?.layouts ?? [];
  return (before.simulated?.layouts ?? []).flatMap((own) => {
    const other = others.find(({ layout }) => layout === own.layout);
    return other === undefined
      ? []
      : differences(`${own.layout}.simulated`, own, other);
  });
}

/**
 * Only what both files have is compared: a count that a newer lab added is no
 * change of the one before.
 */
export function exactChanges(
  before: ResultLayout,
  after: ResultLayout,
): DifferingKey[] {
  const found: DifferingKey[] = [];
  const compare = (key: string, one: unknown, other: unknown) => {
    if (one === undefined || other === undefined) return;
    if (one === null || other === null) return;
    for (const each of differences(`${before.name}.${key}`, one, other)) {
      found.push(each);
    }
  };
  for (const [name, value] of Object.entries(before.counts)) {
    compare(`counts.${name}`, value, after.counts[name]);
  }
  compare("bytesPerSegment", before.bytesPerSegment, after.bytesPerSegment);
  const [own, other] = alikeFootprints(before.footprint, after.footprint);
  compare("footprint", own, other);
  compare("modelled", before.modelled, after.modelled);
  return found;
}

/** A short file has no structures within stages: without them in both. */
function alikeFootprints(one: unknown, other: unknown): [unknown, unknown] {
  const parts = (value: unknown) =>
    typeof value === "object" && value !== null &&
    Object.hasOwn(value, "structuresInStages");
  if (parts(one) === parts(other)) return [one, other];
  const without = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(
        value ?? null,
        (key, part) => key === "structuresInStages" ? undefined : part,
      ),
    );
  return [without(one), without(other)];
}
