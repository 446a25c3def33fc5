/**
 * Exact figures of a result file, per I/O: what was counted, touched and
 * executed, and what a cache model makes of it. What is missing is `null`.
 */

/**
 * Exact figures per I/O. The first six are always there; a producer may add
 * more, and all of them are compared exactly.
 */
export interface ResultCounts {
  /** bios that reached the driver. */
  readonly biosPerIo: number;
  /** Requests after merging. */
  readonly requestsPerIo: number;
  /** Segments of those requests. */
  readonly segmentsPerIo: number;
  /** PRP entries that the driver wrote. */
  readonly prpEntriesPerIo: number;
  /** Bytes of bio_vec tables. */
  readonly bvecBytesPerIo: number;
  /** Cache lines of bio_vec tables. */
  readonly bvecLinesPerIo: number;
  /** Any other exact figure. */
  readonly [name: string]: number;
}

/** What was touched, per I/O. */
export interface TouchedPerIo {
  /** Accesses of up to 8 bytes. */
  readonly accessesPerIo: number;
  /** Of those, writes. */
  readonly writesPerIo: number;
  /** Of those, ones that straddle a border of lines. */
  readonly straddlesPerIo: number;
  /** Distinct bytes. */
  readonly bytesPerIo: number;
  /** Distinct lines, of as many bytes as the footprint says. */
  readonly linesPerIo: number;
}

/** A footprint and its breakdown; files of older labs have less of it. */
export interface FootprintFigures {
  /** Everything, no line twice. */
  readonly total?:
    | TouchedPerIo & {
      /** Bytes over bytes of lines. */
      readonly usefulShare?: number | undefined;
    }
    | undefined;
  /** By structure; a line that two share counts for both. */
  readonly structures?: Readonly<Record<string, TouchedPerIo>> | undefined;
  /** By stage; a line that two touch counts for both. */
  readonly stages?: Readonly<Record<string, TouchedPerIo>> | undefined;
  /** By structure and stage; not in a sweep's file. */
  readonly structuresInStages?:
    | readonly (
      & { readonly structure: string; readonly stage: string }
      & TouchedPerIo
    )[]
    | undefined;
  /** Lines by stage. */
  readonly stageLinesPerIo?: Readonly<Record<string, number>> | undefined;
}

/**
 * Bytes and lines that I/Os touch: one at a time, and many in flight. Files of
 * older labs have less of it.
 */
export interface ResultFootprint extends FootprintFigures {
  /** I/Os that were traced one at a time. */
  readonly tracedIos?: number | undefined;
  /**
   * Size of the lines that all counts of lines are in, in bytes: 64, or that of
   * the CPU that was named; absent from files of older labs: 64.
   */
  readonly lineBytes?: number | undefined;
  /** Bytes of slab objects that were taken, by structure. */
  readonly allocatedBytesPerIo?: Readonly<Record<string, number>> | undefined;
  /** With `depth` I/Os in flight, a line that several touch counting once. */
  readonly atDepth?:
    | FootprintFigures & {
      readonly depth?: number | undefined;
      readonly tracedIos?: number | undefined;
    }
    | undefined;
}

/** One cache of the modelled CPU, per I/O. */
export interface ResultModelledLevel {
  /** Name of the level, such as `L1D`. */
  readonly name: string;
  /** Lines read or written that were not there. */
  readonly missesPerIo: number;
  /** Of those, reads. */
  readonly readMissesPerIo: number;
  /** Of those, writes. */
  readonly writeMissesPerIo: number;
  /** Dirty lines written to the next level. */
  readonly writebacksPerIo: number;
}

/** A stretch of I/Os as the modelled CPU saw it. */
export interface ResultModelledStretch {
  /** I/Os of the stretch. */
  readonly ios: number;
  /** Loads and stores of the path; not the device's, and no data bytes. */
  readonly referencesPerIo: number;
  /** Data caches, first level first. */
  readonly levels: readonly ResultModelledLevel[];
  /** Cycles if no two misses overlap; the ends move assumed latencies 25 %. */
  readonly stallCyclesPerIo: {
    readonly cycles: number;
    readonly low: number;
    readonly high: number;
  };
}

/** What the cache model makes of the steady state; exact, never measured. */
export interface ResultModelled extends ResultModelledStretch {
  /** Name of the CPU. */
  readonly cpu: string;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os before the ones counted, from empty caches on. */
  readonly warmUpIos: number;
  /** The first `depth` of those. */
  readonly cold: ResultModelledStretch;
}

/** What one build of the path costs, per I/O. */
export interface ResultMachineCodeBuild {
  /** Instructions executed. */
  readonly instructionsPerIo: number;
  /** Loads among their accesses. */
  readonly loadsPerIo: number | null;
  /** Stores among their accesses. */
  readonly storesPerIo: number | null;
  /** Jumps, calls and returns, taken or not. */
  readonly branchesPerIo: number | null;
  /** Accesses at no multiple of their size. */
  readonly unalignedPerIo: number | null;
  /** Accesses to two cache lines of 64 bytes. */
  readonly lineCrossingsPerIo: number | null;
  /** Bytes of machine code of the path. */
  readonly textBytes: number;
  /** Compiler and version. */
  readonly compiler: string;
  /** What its flags are, such as `-O2`. */
  readonly build: string;
  /** All flags that make the code different. */
  readonly flags: readonly string[];
}

/** What the machine code of a path costs, of the build named first. */
export interface ResultMachineCode extends ResultMachineCodeBuild {
  /** Name of the ABI. */
  readonly abi: string;
  /** The machine, such as `x86_64`. */
  readonly machine: string;
  /** Tools that counted, with versions; a later one fills an earlier up. */
  readonly tools: readonly string[];
  /** I/Os that were counted. */
  readonly ios: number;
  /** All builds, the first among them. */
  readonly builds: readonly ResultMachineCodeBuild[];
}
