/**
 * A result file of `lab:kernel run` with text in every place where it has any;
 * `NAME` stands where a stranger would put something else.
 */

/**
 * Makes the value of a file.
 *
 * @returns One workload, `w`; keys that a version does not know it passes over.
 */
export function kernelResultFile() {
  const nine = (value: number) => Array.from({ length: 9 }, () => value);
  return {
    schemaVersion: 1,
    tool: "NAME",
    run: "NAME",
    kernel: "NAME",
    version: "NAME",
    qemu: "NAME: qemu",
    controller: "prp",
    warmup: 40,
    latencyNs: 20_000_000,
    append: "NAME",
    memory: { bio_vec: 16, bio: 128, request: 272, page: 64 },
    slabs: { "bio NAME": { objsize: 128, perslab: 32, pages: 1 } },
    queue: ["NAME"],
    skipped: { "x NAME": "NAME" },
    warnings: ["NAME"],
    workloads: { w: workload(nine) } as Record<
      string,
      ReturnType<typeof workload>
    >,
  };
}

function workload(nine: (value: number) => number[]) {
  return {
    desc: "NAME",
    verified: false,
    representative_io: 0,
    instructions: { "submit NAME": 900 },
    main: 1000,
    with_switch: 1000,
    main_all: nine(1000),
    main_median: 1000,
    lines_all: nine(100),
    switch_all: nine(0),
    excluded_all: nine(0),
    loads: 10,
    stores: 5,
    loads_all: nine(10),
    stores_all: nine(5),
    areas: { "block NAME": 500 },
    areas_all: { "block NAME": nine(500) },
    core: 500,
    core_all: nine(500),
    distinct_lines: {
      all_kernel_data: 100,
      read: 90,
      written: 50,
      without_stacks: 80,
      only_by_bulk_memset: 0,
      unnamed: 2,
    },
    functions: [{ name: "bio_NAME", insns: 9, by_phase: { "submit NAME": 9 } }],
    functions_median: { "bio_NAME": 9 } as Record<string, number>,
    functions_range: { "bio_NAME": [8, 10] },
    innermost_inline: { "bvec_NAME": 9 },
    innermost_median: { "bvec_NAME": 9 },
    innermost_range: { "bvec_NAME": [8, 10] },
    inclusive: { "bio_NAME": 9 },
    page_functions: { "bio_NAME": [1, 2, ["NAME"]] },
    bios: 1,
    bvec: {
      functions_touching_bvecs: ["NAME"],
      insns_in_those: 9,
      accesses_not_bulk: 4,
    },
    structures: {
      "bio_vec NAME": {
        lines: 2,
        lines_not_bulk: 2,
        lines_bulk: 0,
        bulk_accesses: 0,
        lines_read: 2,
        lines_written: 2,
        reads: 8,
        writes: 4,
        bytes: 32,
        objects: 1,
        lines_by_phase: { "submit NAME": 2 },
        accesses_by_phase: { "submit NAME": 12 },
        fields: [{
          offset: 0,
          name: "NAME",
          size: 8,
          reads: 8,
          writes: 4,
          lines: 1,
          readers: { "bio_NAME": 8 },
          writers: { "bio_NAME": 4 },
          phases: { "submit NAME": 12 },
        }],
      },
    },
  };
}
