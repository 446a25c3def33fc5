/**
 * The paths of a contender that are audited: counted, decoded and, of the first
 * I/Os, their bytes moved and checked, with the path in C beside them where the
 * engine is that.
 */
import type { Assembly } from "../../sim/setup/assembly.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import { KeptArena } from "../../sim/memory/kept_arena.ts";
import { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { errnoName } from "../../sim/kernel/operation.ts";
import { dataMemoryMap } from "../../sim/nvme/controller.ts";
import {
  dataIos,
  EndsOnce,
  requireNothingInUse,
  verifyReplay,
  WrongIoError,
} from "../../sim/replay/replay.ts";
import {
  type BranchCounts,
  branchProbe,
} from "../../sim/recognition/count_branches.ts";
import type { IntegrityCounts } from "../../sim/nvme/integrity.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import { controllerParts } from "../../sim/setup/machine_parts.ts";
import { HeldPages } from "../../sim/replay/held_pages.ts";
import { PROGRESS } from "./contender_progress.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
  ContenderSetup,
} from "./contender_protocol.ts";
import type { NativeAudit } from "../native/native_audit.ts";

type AuditRequest = Extract<ContenderRequest, { kind: "audit" }>;

interface Audit {
  readonly setup: ContenderSetup;
  /** Read by the watchdog of the main thread. */
  readonly progress: Int32Array;
}

interface Audited {
  readonly assembly: Assembly;
  readonly branches: BranchCounts;
  readonly ends: EndsOnce;
}

export class ContenderAudit {
  /** The path in C beside the audited one. */
  #native: NativeAudit | undefined;
  #audited: Audited | undefined;
  #verifiedBytes = 0;
  /** Guards of blocks whose bytes were moved. */
  #guarded: IntegrityCounts & { ios: number } = noGuards();
  /** Memory of one path after the other. */
  readonly #kept = new KeptArena();
  /** Data memory of verified I/Os; kept, because its pages are resident. */
  #data: { readonly key: string; readonly memory: PhysicalMemory } | undefined;

  /** Forgets the paths: those of another setup are not the next one's. */
  forget(): void {
    this.#native?.close();
    this.#native = undefined;
    this.#audited = undefined;
  }

  #restart(): void {
    this.#audited = undefined;
    this.#verifiedBytes = 0;
    this.#guarded = noGuards();
  }

  /** Compiles and loads the path in C that is beside the audited one. */
  async #makeNative(
    { restart }: AuditRequest,
    setup: ContenderSetup,
  ): Promise<void> {
    if (!restart && this.#native) return;
    this.#native?.close();
    const { NativeAudit } = await import("../native/native_audit.ts");
    this.#native = await NativeAudit.start(
      { ...pathParts(setup), decode: true },
      setup.engine,
    );
  }

  /**
   * Audits a window.
   *
   * @param request Which window, and how many of its I/Os move bytes.
   * @param from Whose paths, and where the watchdog reads of progress.
   * @returns What was counted of all windows so far.
   * @throws {WrongIoError} If an I/O ended with an error, twice or never.
   * @throws {NativeEngineError} If the path in C cannot be compiled or loaded.
   */
  async answer(request: AuditRequest, from: Audit): Promise<ContenderAnswer> {
    const { setup, progress } = from;
    if (setup.engine !== undefined) await this.#makeNative(request, setup);
    // A window's memory is filled again and again: never a kept view of it.
    const window = createWindow(request.window.capacity, request.window.buffer);
    const ios = dataIos(window);
    if (request.restart) this.#restart();
    // Before the other path is made, which is to have the same memory.
    if (request.verifyIos > 0) {
      this.#verifiedBytes += this.#verify(window, ios, { request, from });
    }
    const audited = this.#audited ??= this.#start(setup);
    const { assembly, branches } = audited;
    const errors = assembly.path.counts.errors;
    this.#native?.restart();
    assembly.path.open(window);
    const held = new HeldPages(assembly.pages);
    held.begin(window);
    audited.ends.begin(window.counts[0] ?? 0);
    for (const io of ios) {
      progress[PROGRESS.io] = request.firstIo + io + 1;
      assembly.path.submit(window, io);
    }
    assembly.path.drain();
    if (assembly.path.counts.errors !== errors) {
      throw new WrongIoError(
        `Cannot trust the I/Os from ${request.firstIo} on: ${
          assembly.path.counts.errors - errors
        } ended with an error, the last with ${
          errnoName(assembly.path.counts.lastErrno)
        }, expected success`,
      );
    }
    audited.ends.check(ios, request.firstIo);
    requireNothingInUse(
      { ...assembly.path.balance(), ...held.balance() },
      request.firstIo,
    );
    this.#kept.check();
    this.#native?.check(window, ios, {
      firstIo: request.firstIo,
      counts: assembly.path.counts,
    });
    return {
      kind: "audit",
      counts: { ...assembly.path.counts },
      branches: { ...branches },
      ...(setup.machine.integrity ? { integrity: { ...this.#guarded } } : {}),
      prpEntries: assembly.decoded?.prpEntries ?? 0,
      verifiedBytes: this.#verifiedBytes,
      digest: assembly.digest?.hex() ?? "",
    };
  }

  /** A path that counts and decodes all I/Os, in flight as in the timed one. */
  #start(setup: ContenderSetup): Audited {
    const native = this.#native;
    const branches = { sameBio: 0, sameSegment: 0, submit: 0, map: 0 };
    const ends = new EndsOnce();
    const assembly: Assembly = openPath(setup, {
      ...branchProbe(branches),
      ioEnd: ends.take,
      ...(native === undefined ? {} : {
        command: (entry) => this.#native?.write(assembly.memory, entry),
      }),
    }, { decode: true, sparsePages: true, kept: this.#kept });
    return { assembly, branches, ends };
  }

  /** Moves and checks bytes I/O by I/O, on a path of its own; how many. */
  #verify(
    window: IoWindow,
    ios: Int32Array,
    of: { readonly request: AuditRequest; readonly from: Audit },
  ): number {
    const { request, from: { setup, progress } } = of;
    const { map, salt, machine } = setup;
    const dataMap = dataMemoryMap(map, controllerParts(machine));
    const key = JSON.stringify(
      [dataMap, salt],
      (_key, value) => typeof value === "bigint" ? `${value}` : value,
    );
    if (this.#data?.key !== key) {
      this.#data = { key, memory: new PhysicalMemory(dataMap) };
    }
    const { memory } = this.#data;
    // Guards are computed where there are bytes.
    const guarded = this.#guarded;
    const verified = ios.subarray(0, request.verifyIos);
    const last = verified.at(-1);
    const assembly = openPath(setup, {}, {
      decode: true,
      sparsePages: true,
      sparsePieces: last === undefined ? 0 : window.firstPiece[last + 1],
      kept: this.#audited === undefined ? this.#kept : undefined,
      data: () => memory,
      integrityCounts: guarded,
    });
    const digests = request.digests && new Int32Array(request.digests);
    for (let i = 0; i < verified.length; i++) {
      const one = verified.subarray(i, i + 1);
      guarded.ios++;
      progress[PROGRESS.io] = request.firstIo + (one[0] as number) + 1;
      verifyReplay(assembly, window, {
        ios: one,
        data: memory,
        salt,
        firstIo: request.firstIo,
        digests,
      });
    }
    return assembly.decoded?.bytes ?? 0;
  }
}

function noGuards(): IntegrityCounts & { ios: number } {
  return { ios: 0, guards: 0, kmaps: 0, refused: 0 };
}
