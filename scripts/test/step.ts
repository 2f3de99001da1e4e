import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Counts, failedOne, inWords, passedOne, type Result } from "./results";

export interface Step {
    title: string;
    /** Name of the npm script that does it. */
    script: string;
    args?: string[];
    env?: Record<string, string>;
    /** Whether the script runs mocha: such a step counts its tests, any other counts as one. */
    tests: boolean;
}

const root = path.join(__dirname, "..", "..");

/** Runs a step to its end; `write` gets what it prints, between its title and its counts. */
export async function runStep(step: Step, write: (text: string) => void): Promise<Result> {
    write(`\n── ${step.title} ──\n`);
    const started = Date.now();
    const counts = await (step.tests ? countTests(step, write) : countOne(step, write));
    const seconds = Math.round((Date.now() - started) / 1000);
    write(`── ${step.title}: ${inWords(counts)} in ${seconds} s ──\n`);
    return { title: step.title, counts, seconds };
}

async function countTests(step: Step, write: (text: string) => void): Promise<Counts> {
    const scratch = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-test-"));
    const countsFile = path.join(scratch, "counts.json");
    const color = process.stdout.isTTY ? ["--color"] : [];
    const args = ["--reporter", "scripts/test/reporter.cjs", ...color, ...(step.args ?? [])];
    try {
        const ok = await npmScript({ ...step, args, env: { ...step.env, TEST_COUNTS: countsFile } }, write);
        const counts = JSON.parse(readFileSync(countsFile, "utf8")) as Counts;
        // mocha can fail beside its tests (a file that does not load, an unhandled rejection), and a glob can match nothing.
        if (counts.failed === 0 && (!ok || counts.passed === 0)) {
            return { ...counts, failed: 1, failures: ["mocha failed, though no test did"] };
        }
        return counts;
    } catch (error) {
        return failedOne(`mocha ended before it could count: ${String(error)}`);
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

async function countOne(step: Step, write: (text: string) => void): Promise<Counts> {
    return (await npmScript(step, write)) ? passedOne : failedOne(`npm run ${step.script}`);
}

/** Whether the script succeeded. */
function npmScript({ script, args = [], env = {} }: Step, write: (text: string) => void): Promise<boolean> {
    const child = spawn("npm", ["run", "--silent", script, "--", ...args], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...env },
        shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", write);
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (status) => resolve(status === 0));
    });
}
