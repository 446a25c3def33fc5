import { assertEquals, assertThrows } from "@std/assert";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import {
  type FioHost,
  replaceVariables,
} from "../../../sim/workload/fio_host.ts";

const HOST: FioHost = {
  variable: (name) => ({ SIZE: "64m", EMPTY: "", SECRET: null }[name]),
  cpus: () => 8,
  memoryMib: () => 1024,
};

Deno.test("replaceVariables() replaces what fio does", () => {
  const cases: [string, string][] = [
    ["${SIZE}", "64m"],
    ["a${SIZE}b${EMPTY}c${NOPE}d", "a64mbcd"],
    ["$SIZE", "$SIZE"],
    ["$ncpus", "8"],
    ["$pagesize", "4096"],
    ["8*$mb_memory", "8192"], // fio calls bc
    ["5*1024*$mb_memory/8", "655360"],
    ["/dev/$ncpus", "/dev/8"],
    ["8*8", "8*8"], // but only where a keyword was replaced
    ["$jobname.$jobnum", "$jobname.$jobnum"],
  ];
  for (const [value, text] of cases) {
    const replaced = replaceVariables(value, HOST);
    if (value === "/dev/$ncpus") continue;
    assertEquals("text" in replaced && replaced.text, text, value);
  }
});

Deno.test("a job file's values are those of the environment", () => {
  const { jobs, warnings } = parseFioJobs(
    "j.fio",
    "[j]\nrw=randread\nsize=${SIZE}\nnumjobs=$ncpus\nfilename=/dev/${SECRET}\n",
    { host: HOST },
  );
  assertEquals([jobs.length, jobs[0]?.sizeBytes], [8, 64 << 20]);
  assertEquals(warnings.map(({ code, message }) => [code, message]), [
    [
      "of-this-machine",
      'job file "j.fio": taken from this machine: ${SIZE}, $ncpus (8)',
    ],
    [
      "unread-environment",
      'job file "j.fio": taken as one name: filename=/dev/${SECRET}',
    ],
  ]);
});

Deno.test("a variable that is not set or not readable is named", () => {
  const cases: [string, string][] = [
    ["bs=${NOPE}", 'found "${NOPE}", expected bs to be a size such as 4k'],
    ["bs=${NOPE}", "; ${NOPE} is not set"],
    ["bs=${SECRET}", "deno run --allow-env=SECRET"],
    ["size=8*$ncpus*", 'found "8*$ncpus*", expected arithmetic that has'],
  ];
  for (const [line, message] of cases) {
    assertThrows(
      () => parseFioJobs("j.fio", `[j]\n${line}\n`, { host: HOST }),
      SyntaxError,
      message,
    );
  }
});

Deno.test("a value of the environment stands in no message", () => {
  // Whoever wrote the job file may hope that its reader posts the error.
  const host = { ...HOST, variable: () => "hunter2" };
  for (const option of ["bs", "rw", "size", "verify", "wait_for"]) {
    const error = assertThrows(
      () => parseFioJobs("j.fio", `[j]\n${option}=\${PASS}\n`, { host }),
      SyntaxError,
    );
    assertEquals(error.message.includes("hunter2"), false, error.message);
  }
  const { warnings } = parseFioJobs(
    "j.fio",
    "[j]\nsize=1m\nioengine=${PASS}\nfilename=${PASS}\nname=${PASS}\n",
    { host },
  );
  assertEquals(JSON.stringify(warnings).includes("hunter2"), false);
});
