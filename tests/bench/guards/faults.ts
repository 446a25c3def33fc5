/**
 * Faults for the guards of the product to find: each changes what a worker is
 * asked, or puts something faulty into the ports of the paths that it makes.
 * The workers, the paths and the guards are those of every run.
 */
import type {
  ContenderRequest,
  ContenderSetup,
} from "../../../bench/contender/contender_protocol.ts";
import type { MakeDevice } from "../../../sim/nvme/device.ts";
import type { AssemblyHooks } from "../../../sim/path/path_hooks.ts";
import { RELEASED } from "../released.ts";
import {
  completes,
  fails,
  isLost,
  isRepeated,
  keepsPages,
  keepsTag,
  mapsTo,
  writesBehind,
} from "../../sim/faulty_hooks.ts";

/** Changes a request on its way to the worker. */
export type Fault = (request: ContenderRequest) => ContenderRequest;

/**
 * Gives keys of the setup another value for each path: a path is put together
 * from a copy of the setup that is made for it alone.
 */
function forEachPath(
  valuesOf: (path: number, setup: ContenderSetup) => Record<string, unknown>,
): Fault {
  return (request) => {
    if (request.kind !== "setup") return request;
    const setup = { ...request.setup };
    let paths = 0;
    for (const name of Object.keys(valuesOf(0, request.setup))) {
      Object.defineProperty(setup, name, {
        enumerable: true,
        get: () => valuesOf(paths++, request.setup)[name],
      });
    }
    return { ...request, setup };
  };
}

const withHooks = (hooksOf: (path: number) => AssemblyHooks): Fault =>
  forEachPath((path) => ({ hooks: hooksOf(path) }));

/** A device that is asked for ever, or until the test has seen enough. */
function untilReleased(
  makeDevice: MakeDevice,
  progress: SharedArrayBuffer,
): MakeDevice {
  const words = new Int32Array(progress);
  return (...given) => {
    const device = makeDevice(...given);
    return {
      process: () => {
        if (Atomics.load(words, 0) === RELEASED) throw new Error("released");
        device.process();
      },
    };
  };
}

/** Requests of 64 KiB at most where it should be 512, in some of the paths. */
const shortRequests = (isFaulty: (path: number) => boolean): Fault =>
  forEachPath((path, { limits }) => ({
    limits: isFaulty(path)
      ? { ...limits, maxSectors: limits.maxSectors / 8 }
      : limits,
  }));

// In an auditing worker the first path verifies, the second decodes all I/Os.
const VERIFIES = 0;
const AUDITS = 1;
/** The first of a worker that only times. */
const TIMES = 0;

/** All faults, each made for the worker that asks for it. */
export const FAULTS: Readonly<Record<string, () => Fault>> = {
  "short requests": () => shortRequests(() => true),
  "short requests where audited": () =>
    shortRequests((path) => path === AUDITS),
  "short requests in C": () => (request) =>
    request.kind === "setup" && request.setup.engine !== undefined
      ? shortRequests(() => true)(request)
      : request,
  "neighbour's page": () => withHooks(() => mapsTo((lo) => lo ^ 0x1000)),
  "other descriptors": () =>
    withHooks(() => ({
      controller: (made) => ({ ...made, sglThresholdBytes: 0 }),
    })),
  "error where verified": () =>
    withHooks((path) =>
      path === VERIFIES ? { device: completes(3, fails) } : {}
    ),
  "error where audited": () =>
    withHooks((path) => path === AUDITS ? { device: completes(3, fails) } : {}),
  "error where timed": () =>
    withHooks((path) => path === TIMES ? { device: completes(3, fails) } : {}),
  "write behind memory where verified": () =>
    withHooks((path) =>
      path === VERIFIES ? { device: completes(3, writesBehind) } : {}
    ),
  "write behind memory where audited": () =>
    withHooks((path) =>
      path === AUDITS ? { device: completes(3, writesBehind) } : {}
    ),
  "tag is kept where timed": () =>
    withHooks((path) => path === TIMES ? keepsTag(3) : {}),
  "tag is kept where audited": () =>
    withHooks((path) => path === AUDITS ? keepsTag(3) : {}),
  "page is kept where audited": () =>
    withHooks((path) => path === AUDITS ? keepsPages(3) : {}),
  "lost completion": () => (request) =>
    request.kind === "setup"
      ? withHooks(() => ({
        device: untilReleased(completes(3, isLost), request.progress),
      }))(request)
      : request,
  "repeated completion": () =>
    withHooks((path) =>
      path === AUDITS ? { device: completes(3, isRepeated) } : {}
    ),
  "no faults planned": () => (request) =>
    request.kind === "simulate" && request.simulation.plan !== undefined
      ? {
        ...request,
        simulation: {
          ...request.simulation,
          plan: { ...request.simulation.plan, rules: [] },
        },
      }
      : request,
};
