import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLineOf } from "../../scripts/local/processes";
import type { LastRun } from "../../scripts/local/report";
import { removeTemporary } from "../scripts/local/support";
import { copyCheckout } from "../support/checkout";

describe("npm start, as a command", () => {
    let clone: string;

    before(async () => {
        clone = await copyCheckout({ toolchain: true });
    });
    after(async () => {
        await command("stop").ended;
        removeTemporary();
    });

    /** Runs a command as npm does; `seen` waits for a line of its output. */
    function command(...args: string[]) {
        const child = spawn(process.execPath, ["scripts/setup.mjs", ...args], {
            cwd: clone,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
            stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const ended = new Promise<{ exit: number | null; output: string }>((resolve) =>
            child.on("close", (exit) => resolve({ exit, output })),
        );
        return { child, ended, seen: (text: string) => waitFor(child, () => output.includes(text)) };
    }

    const lastRun = () => JSON.parse(readFileSync(join(clone, ".local/last-run.json"), "utf8")) as LastRun;
    const postmaster = () =>
        Number(readFileSync(join(clone, ".local/postgres/dev/data/postmaster.pid"), "utf8").split("\n")[0]);

    it("leaves nothing running when it is interrupted", async () => {
        const interrupted = command("start");
        await interrupted.seen("Plan | Running command");
        const pid = postmaster();
        assert.match(commandLineOf(pid) ?? "", /postgres/);
        interrupted.child.kill("SIGINT");
        const { exit, output } = await interrupted.ended;
        assert.equal(exit, 130, output);
        assert.equal(commandLineOf(pid), undefined);
        assert(!existsSync(join(clone, ".local/lock")));
        assert.equal(lastRun().status, "Stopped");
        assert.deepEqual(
            lastRun().stages.map(({ name, status }) => `${name} ${status}`),
            ["Source Succeeded", "Plan Stopped"],
        );
    });

    it("delivers the sample database, while a second run beside it says so and ends", async () => {
        const first = command("start", "--keep");
        await first.seen("Plan | Running command");
        const second = await command("start").ended;
        assert.equal(second.exit, 1, second.output);
        assert.match(second.output, /Another local run \(process \d+\) is in progress in this checkout/);
        const { exit, output } = await first.ended;
        assert.equal(exit, 0, output);
        const { status, changesets, database } = lastRun();
        assert.equal(status, "Succeeded");
        assert(changesets.length >= 10);
        assert.match(
            output,
            new RegExp(`psql "host=localhost port=${database!.port} dbname=app user=dbowner sslmode=verify-full`),
        );
    });

    it("keeps the database running where that was asked for, until it is stopped", async () => {
        const pid = postmaster();
        assert.match(commandLineOf(pid) ?? "", /postgres/);
        const again = await command("start").ended;
        assert.equal(again.exit, 0, again.output);
        assert.deepEqual(lastRun().changesets, []);
        assert.equal(postmaster(), pid);
        const stopped = await command("stop").ended;
        assert.match(stopped.output, /Stopped the database of dev\./);
        assert.equal(commandLineOf(pid), undefined);
    });

    // More of what it refuses: test/scripts/local (engine.test.ts, evaluate.test.ts and source.test.ts).
    it("says what it does not know", async () => {
        for (const [args, message] of [
            [["--engine", "oracle"], "--engine oracle: not an engine of the local run. Allowed: postgres, mysql."],
            [["--rolback"], "error: unknown option '--rolback'"],
        ] as const) {
            const { exit, output } = await command("start", ...args).ended;
            assert.equal(exit, 1, output);
            assert(output.includes(message), output);
        }
    });
});

async function waitFor(child: ChildProcess, condition: () => boolean): Promise<void> {
    while (!condition()) {
        if (child.exitCode !== null) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
