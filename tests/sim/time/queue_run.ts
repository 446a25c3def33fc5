/**
 * A device model alone, without the path: arrivals at a rate (open loop) or
 * one for each completion (closed loop), and what queueing theory asks of the
 * outcome. All times are simulated.
 */
import type { Arrivals } from "../../../sim/time/arrivals.ts";
import { randomStream } from "../../../sim/random/random_stream.ts";
import {
  type DeviceModel,
  ModelledDevice,
} from "../../../sim/time/device_model.ts";
import { serviceTimes } from "../../../sim/time/service_time.ts";
import { SimulatedTime } from "../../../sim/time/simulated_time.ts";

/** What is run. */
export interface QueueRunOptions {
  /** The device. */
  readonly model: DeviceModel;
  /** How commands arrive. */
  readonly arrivals: Arrivals;
  /** How many commands. */
  readonly commands: number;
  /** Seed of every chance. */
  readonly seed: number;
}

/** What came out; from the first arrival to the last completion. */
export interface QueueRun {
  /** From the first arrival to the last completion. */
  readonly elapsedNs: number;
  /** Arrival to completion of each command, in the order of arrival. */
  readonly latencyNs: Float64Array;
  /** Mean time that a command waited for a channel. */
  readonly meanWaitNs: number;
  /** Mean latency: W. */
  readonly meanLatencyNs: number;
  /** Mean number of commands in the device, over time: L. */
  readonly meanInDevice: number;
  /** Commands per second: lambda. */
  readonly perSecond: number;
  /** Share of time that a channel was at work; null without channels. */
  readonly utilisation: number | null;
  /** Commands that completed before one that had arrived earlier. */
  readonly overtaking: number;
}

/** Runs a device model. */
export function runQueue(options: QueueRunOptions): QueueRun {
  const { model, arrivals, commands, seed } = options;
  const time = new SimulatedTime();
  const device = new ModelledDevice(model, randomStream(seed, "service time"));
  const latencyNs = new Float64Array(commands);
  let arrived = 0;
  let inDevice = 0;
  /** Sum of commands in the device times how long. */
  let occupiedNs = 0;
  let changedNs = 0;
  let overtaking = 0;
  let newestDone = -1;
  const count = (change: number): void => {
    occupiedNs += inDevice * (time.nowNs - changedNs);
    changedNs = time.nowNs;
    inDevice += change;
  };
  const arrive = (): void => {
    if (arrived === commands) return;
    const command = arrived++;
    const arrivedNs = time.nowNs;
    count(1);
    time.at(device.arrive(arrivedNs), () => {
      count(-1);
      latencyNs[command] = time.nowNs - arrivedNs;
      if (command < newestDone) overtaking++;
      else newestDone = command;
      if (arrivals.kind === "closed") arrive();
    });
  };
  if (arrivals.kind === "closed") {
    for (let i = 0; i < arrivals.depth; i++) arrive();
  } else {
    const between = serviceTimes(
      {
        kind: arrivals.kind === "even" ? "det" : "exp",
        meanNs: 1e9 / arrivals.perSecond,
      },
      randomStream(seed, "arrivals"),
    );
    const next = (): void => {
      arrive();
      if (arrived < commands) time.at(time.nowNs + between(), next);
    };
    time.at(0, next);
  }
  while (time.step());
  const elapsedNs = time.nowNs;
  const sum = latencyNs.reduce((total, latency) => total + latency, 0);
  return {
    elapsedNs,
    latencyNs,
    meanWaitNs: device.waitNs / commands,
    meanLatencyNs: sum / commands,
    meanInDevice: elapsedNs === 0 ? 0 : occupiedNs / elapsedNs,
    perSecond: elapsedNs === 0 ? 0 : commands / elapsedNs * 1e9,
    utilisation: model.channels === null || elapsedNs === 0
      ? null
      : device.busyNs / (elapsedNs * model.channels),
    overtaking,
  };
}
