import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder, lab } from "../lab_in_process.ts";

Deno.test("lab verify counts a result and its mail again", async () => {
  await inFolder(async (folder) => {
    const [json, mail] = [`${folder}/r.json`, `${folder}/m.txt`];
    const run = await lab([
      ...["run", "--workload", "4k-hot", "--ios", "8", "--rounds", "0"],
      ...["--layout", "phys_packed", "--struct", "bench/own/mail.txt"],
      ...["--cpu", "none", "--quiet"],
      ...["--json", json, "--mail", mail],
    ]);
    assertEquals([run.status, run.err], [0, ""]);
    const mailed = await Deno.readTextFile(mail);
    const verify = (file: string) => lab(["verify", file, "--quiet"]);

    const equal = await verify(json);
    assertEquals([equal.status, equal.err], [0, ""]);
    assertMatch(equal.out, /^all \d+ exact figures equal\n/);

    // As somebody else got it, and answered.
    const reply = mailed.split("\n").map((line) => `> ${line}`).join("\r\n");
    await Deno.writeTextFile(mail, reply);
    const [, figures] = /exact v1 (\d+)/.exec(mailed) ?? [];
    const same = await verify(mail);
    assertEquals([same.status, same.err], [0, ""]);
    assertStringIncludes(same.out, `all ${figures} exact figures equal\n`);

    // A figure of the table, and the code itself.
    await Deno.writeTextFile(
      mail,
      mailed.replace(/^(phys_packed +\d+ +)\S+/m, "$1-9")
        .replace(/(exact v1 \d+ )\w{4}/, "$10000"),
    );
    const other = await verify(mail);
    assertEquals([other.status, other.err], [1, ""]);
    assertStringIncludes(other.out, `not all ${figures} exact figures equal:`);
    assertMatch(other.out, /phys_packed, 4k-hot, lines: claimed -9, counted /);
    assertMatch(other.out, /code of the exact figures: claimed \d+, 0000/);

    // Both in one thread: one right claim does not make up for a wrong one.
    const wrong = await Deno.readTextFile(mail);
    await Deno.writeTextFile(mail, `${mailed}\n${wrong}`);
    const both = await verify(mail);
    assertEquals([both.status, both.err], [1, ""]);
    assertStringIncludes(both.out, `\nnot all ${figures} exact figures equal:`);
    assertMatch(both.out, /^all \d+ exact figures equal\n/);

    // A result that was edited.
    const result = JSON.parse(await Deno.readTextFile(json));
    result.cells[0].layouts[1].counts.bvecBytesPerIo = 13;
    await Deno.writeTextFile(json, JSON.stringify(result));
    const edited = await verify(json);
    assertEquals([edited.status, edited.err], [1, ""]);
    assertStringIncludes(
      edited.out.replaceAll("\n", " "),
      "phys_packed.counts.bvecBytesPerIo: claimed 13, counted 12",
    );
    assertEquals(edited.out.includes("commit"), false);

    // Of another checkout, as far as this one knows its own commit.
    const { commit } = result.environment;
    result.environment.commit = "0".repeat(40);
    await Deno.writeTextFile(json, JSON.stringify(result));
    const older = await verify(json);
    assertEquals(
      older.out.includes("It was counted at commit 000000000000, now at "),
      typeof commit === "string",
    );
  });
});

Deno.test("lab verify has one line and status 2 for bad input", async () => {
  await inFolder(async (folder) => {
    const cases: [string, RegExp][] = [
      ["", /found no command with a code of exact figures/],
      ["{", /found the end of the text \(truncated\?\)/],
      [
        '{"tool": {"name": "bvec-lab", "version": "9"}, "schemaVersion": 7}',
        /schemaVersion is 7/,
      ],
      ["deno task lab run # exact v9 1 0123456789abcdef", /version 9/],
      [
        "deno task lab run --workload gone.iolog # exact v1 1 0123456789abcdef",
        /Cannot find workload file or name "gone.iolog"/,
      ],
    ];
    const file = `${folder}/given`;
    for (const [text, pattern] of cases) {
      await Deno.writeTextFile(file, text);
      const { status, out, err } = await lab(["verify", file]);
      assertEquals([status, out], [2, ""], err);
      assertMatch(err, pattern);
      assertEquals(err.trim().split("\n").length, 1, err);
    }
    const gone = await lab(["verify", `${folder}/none`]);
    assertEquals(gone.status, 2);
    assertMatch(gone.err, /expected a result or a mail/);
  });
});

Deno.test("lab verify --timed measures a result again, and compares by interval", async () => {
  await inFolder(async (folder) => {
    const json = `${folder}/r.json`;
    const run = await lab([
      ...["run", "--workload", "4k-hot", "--ios", "8", "--layout", "phyr"],
      ...["--rounds", "0", "--cpu", "none", "--quiet", "--json", json],
    ]);
    assertEquals([run.status, run.err], [0, ""]);
    const result = JSON.parse(await Deno.readTextFile(json));
    // As if it had been timed, and as far apart as no machine can be.
    Object.assign(result.config, { builds: 1, rounds: 3, budgetSeconds: 0.1 });
    result.config.command = result.config.command
      .replace("--rounds 0", "--builds 1 --rounds 3 --budget 0.1");
    const ratio = { median: 500, low: 400, high: 600 };
    Object.assign(result.cells[0], { builds: 1, rounds: 3 });
    Object.assign(result.cells[0].layouts[1], { nsPerIo: ratio, ratio });
    await Deno.writeTextFile(json, JSON.stringify(result));

    const counted = await lab(["verify", json, "--quiet", "--json", "-"]);
    const [exact] = JSON.parse(counted.out).verifications;
    assertEquals([counted.status, exact.isEqual], [0, true]);
    assertEquals(exact.measured, undefined);

    const timed = await lab(["verify", json, "--quiet", "--timed"]);
    // A time is no exact figure: the status is theirs.
    assertEquals([timed.status, timed.err], [0, ""]);
    assertMatch(timed.out, /^all \d+ exact figures equal\n/);
    assertMatch(
      timed.out.replaceAll(/\s+/g, " "),
      /phyr: claimed 400\.000-600\.000, \w+ \d+\.\d+-\d+\.\d+/,
    );
  });
});
