/**
 * Device models in simulated time: which commands wait for which others and
 * when they complete. A command arrives, waits for a channel if all are at
 * work, is served, and completes; with several channels completions come out
 * of order.
 */
import { parseQuantity, QuantityError } from "../text/quantity.ts";
import { deviceModelSchema, randomSchema } from "./device_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import type { RandomStream } from "../random/random_stream.ts";
import {
  SERVICE_TIMES,
  type ServiceTime,
  serviceTimes,
} from "./service_time.ts";

/** A device model as data. */
export interface DeviceModel {
  /** `null` and `fixed` serve everything at once; `channels` have queues. */
  readonly kind: "null" | "fixed" | "channels";
  /** How many commands it serves at a time; null for any number. */
  readonly channels: number | null;
  /** How long that takes. */
  readonly service: ServiceTime;
}

/** Takes no time at all. */
export const NULL_MODEL: DeviceModel = Object.freeze({
  kind: "null",
  channels: null,
  service: Object.freeze({ kind: "det", meanNs: 0 }),
});

const MOST_CHANNELS = 4096;
/** An hour: longer than any time-out, exact in a double. */
const LONGEST_NS = 3.6e12;
/** The units that names are written with, the largest first. */
const UNITS_NS = [["s", 1e9], ["ms", 1e6], ["us", 1e3], ["ns", 1]] as const;
const FORMS = "null, fixed:10us, channels:8,det:80us, channels:8,exp:80us, " +
  "channels:8,lognormal:80us:0.5";

/**
 * Reads the name of a device model.
 *
 * @param text `null`, `fixed:TIME`, or `channels:N,` and one of `det:MEAN`,
 *   `exp:MEAN`, `lognormal:MEAN:SIGMA`; times are numbers with ns, us, ms or s.
 * @throws {RangeError} If it is none.
 *
 * @example
 * ```ts
 * import { parseDeviceModel } from "./device_model.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDeviceModel("channels:8,exp:80us"), {
 *   kind: "channels",
 *   channels: 8,
 *   service: { kind: "exp", meanNs: 80_000 },
 * });
 * ```
 */
export function parseDeviceModel(text: string): DeviceModel {
  checkString("use a device model", "text", text);
  const refuse = (): never => {
    throw new RangeError(
      `Cannot use device model "${text.slice(0, 60)}", expected one like: ` +
        FORMS,
    );
  };
  if (text === "null") return NULL_MODEL;
  const fixed = /^fixed:([^,:]+)$/.exec(text)?.[1];
  if (fixed !== undefined) {
    const meanNs = parseDuration(fixed) ?? refuse();
    return { kind: "fixed", channels: null, service: { kind: "det", meanNs } };
  }
  const match =
    /^channels:(\d{1,4}),(det|exp|lognormal):([^,:]+)(?::(\d{1,2}(?:\.\d{1,6})?))?$/
      .exec(text);
  if (match === null) return refuse();
  const [, count = "", name = "", mean = "", shape] = match;
  const channels = Number(count);
  const kind = SERVICE_TIMES.find((known) => known === name) ?? refuse();
  const meanNs = parseDuration(mean) ?? refuse();
  const hasShape = shape !== undefined;
  if (
    channels < 1 || channels > MOST_CHANNELS || meanNs < 1 ||
    hasShape !== (kind === "lognormal") || Number(shape ?? 1) <= 0 ||
    Number(shape ?? 1) > 3
  ) return refuse();
  return {
    kind: "channels",
    channels,
    service: hasShape
      ? { kind, meanNs, sigma: Number(shape) }
      : { kind, meanNs },
  };
}

/**
 * Reads a span of time, such as `80us`.
 *
 * @param text A number and ns, us, ms, s, m or h.
 * @returns Whole ns up to an hour; `undefined` if it is none.
 */
export function parseDuration(text: string): number | undefined {
  if (!/[a-z]$/i.test(text)) return undefined;
  try {
    const ns = parseQuantity(text, {
      kind: "time",
      unit: "ns",
      least: 0,
      most: LONGEST_NS,
      fraction: true,
    });
    return Math.round(ns);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

/** Names a device model, as `parseDeviceModel` reads it. */
export function deviceModelName(model: DeviceModel): string {
  checkValue("name a device model", deviceModelSchema, model, "model");
  const { kind, channels, service } = model;
  const mean = durationText(service.meanNs);
  if (kind === "null") return kind;
  if (kind === "fixed") return `fixed:${mean}`;
  const shape = service.sigma === undefined ? "" : `:${service.sigma}`;
  return `channels:${channels},${service.kind}:${mean}${shape}`;
}

function durationText(ns: number): string {
  for (const [unit, unitNs] of UNITS_NS) {
    if (ns >= unitNs && Number.isInteger(ns / unitNs)) {
      return `${ns / unitNs}${unit}`;
    }
  }
  return `${ns}ns`;
}

/** A device model at work. */
export class ModelledDevice {
  /** Time that channels were at work, all together. */
  busyNs = 0;
  /** Time that commands waited for a channel, all together. */
  waitNs = 0;
  /** Commands served. */
  served = 0;
  readonly #next: () => number;
  /** When each channel is free; none where any number is served at once. */
  readonly #freeAt: Float64Array;

  constructor(model: DeviceModel, random: RandomStream) {
    checkValue("model a device", deviceModelSchema, model, "model");
    checkValue("model a device", randomSchema, random, "random");
    this.#next = serviceTimes(model.service, random);
    this.#freeAt = new Float64Array(model.channels ?? 0);
  }

  /** Takes a command; commands must come in the order of their arrival. */
  arrive(nowNs: number): number {
    const freeAt = this.#freeAt;
    let channel = 0;
    for (let i = 1; i < freeAt.length; i++) {
      if ((freeAt[i] as number) < (freeAt[channel] as number)) channel = i;
    }
    const startNs = Math.max(nowNs, freeAt[channel] ?? 0);
    const serviceNs = this.#next();
    const endNs = startNs + serviceNs;
    if (freeAt.length > 0) freeAt[channel] = endNs;
    this.busyNs += serviceNs;
    this.waitNs += startNs - nowNs;
    this.served++;
    return endNs;
  }
}
