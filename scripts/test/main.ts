import * as path from "node:path";
import { NodeVersions } from "../../components/contract";
import { nodeDirectory } from "../node/directory";
import { ensureToolchain } from "../toolchain/ensure";
import { inOrder } from "./inOrder";
import { judge, type Result, summarize } from "./results";
import { runStep, type Step } from "./step";

// The unit tests run on the oldest and on the newest Node.js that are supported, everything else on this machine's. On the
// oldest first and alone, so that a mistake shows early; all steps run, so that one run shows everything.
const first = unitTests(NodeVersions[0]!);

/**
 * The rest side by side, a column each: much of the integration tests' time goes by in waiting. What needs servers runs
 * on the other versions of Node.js in test/integration/nodeVersions.test.ts.
 */
const sideBySide: Step[][] = [
    [
        { title: "types", script: "typecheck", tests: false },
        { title: "lint and format", script: "lint", tests: false },
        // One process loads Pulumi and the program once, and the others have the processors.
        unitTests(NodeVersions.at(-1)!, ["--jobs", "1"]),
    ],
    [{ title: "integration tests (real PostgreSQL, real Liquibase)", script: "test:integration", tests: true }],
];

function unitTests(major: number, args: string[] = []): Step {
    const isThis = process.version.startsWith(`v${major}.`);
    return {
        title: `unit tests on Node.js ${major}`,
        script: "test:unit",
        args,
        ...(!isThis && { env: { PATH: [nodeDirectory(major), process.env["PATH"]].join(path.delimiter) } }),
        tests: true,
    };
}

void main();

async function main(): Promise<void> {
    const print = (text: string) => void process.stdout.write(text);
    ensureToolchain({ log: (line) => print(`${line}\n`) });
    const ci = Boolean(process.env["CI"]) && process.env["CI"] !== "false";
    const results = [await runStep(first, print), ...(await runColumns(sideBySide, print))];
    const judged = results.map((result) => ({ ...result, counts: judge(result.counts, ci) }));
    print(`\n${summarize(judged).join("\n")}\n`);
    process.exitCode = judged.every(({ counts }) => counts.failed === 0) ? 0 : 1;
}

/** The results, and what was printed, are in the order of the steps. */
async function runColumns(columns: Step[][], print: (text: string) => void): Promise<Result[]> {
    const outputs = inOrder(columns.flat().length, print);
    let index = 0;
    const running = columns.map((steps) => {
        const own = steps.map((step) => ({ step, output: outputs[index++]! }));
        return runColumn(own);
    });
    return (await Promise.all(running)).flat();
}

async function runColumn(steps: { step: Step; output: ReturnType<typeof inOrder>[number] }[]): Promise<Result[]> {
    const results: Result[] = [];
    for (const { step, output } of steps) {
        results.push(await runStep(step, (text) => output.write(text)));
        output.end();
    }
    return results;
}
