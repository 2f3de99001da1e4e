import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.join(__dirname, "../..");
const program = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
const folders = ["index.ts", "components", "stacks", "scripts", "policy", "test"];

interface Report {
    summary: {
        totalCruised: number;
        violations: { from: string; to: string; rule: { name: string } }[];
    };
}

/** Every `rule: from → to` that the tool finds in a checkout, and the number of files that it read. */
function cruise(checkout: string): { files: number; violations: string[] } {
    const { stdout, stderr } = spawnSync(
        process.execPath,
        [program, "--config", ".dependency-cruiser.mjs", "--output-type", "json", ...folders],
        { cwd: checkout, encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    assert.notEqual(stdout, "", stderr);
    const { summary } = JSON.parse(stdout) as Report;
    return {
        files: summary.totalCruised,
        violations: summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`).sort(),
    };
}

/** Imports that must not be: one in a file of its own, at each place. */
const planted: [file: string, imports: string, rule: string][] = [
    ["components/planted.ts", "../stacks/dev", "components-stand-alone"],
    ["stacks/planted.ts", "../scripts/docs", "stacks-use-components"],
    ["scripts/delivery/plan/planted.ts", "../actions/deploy", "plan-lint-and-report-imports-down"],
    ["scripts/delivery/safety/planted.ts", "../plan/model", "safety-imports-down"],
    ["scripts/delivery/aws/planted.ts", "../report/deployment", "aws-imports-down"],
    ["scripts/delivery/tools/liquibase/planted.ts", "../../engines/postgresql", "tools-imports-down"],
    ["scripts/delivery/engines/postgresql/planted.ts", "../../tools/liquibase", "engines-apart-from-tools"],
    ["scripts/delivery/safety/plantedSeam.ts", "../engines/postgresql", "seams-chosen-in-one-place"],
    ["scripts/delivery/safety/plantedClient.ts", "pg", "postgresql-behind-its-seam"],
    ["scripts/delivery/safety/plantedMysql.ts", "mysql2", "mysql-behind-its-seam"],
    ["scripts/delivery/report/planted.ts", "@aws-sdk/client-s3", "aws-behind-its-room"],
    ["scripts/delivery/input/planted.ts", "../../../stacks/dev", "delivery-knows-the-contract"],
    ["scripts/local/planted.ts", "../../test/support/program", "program-without-tests"],
];

describe("imports", () => {
    /** Of a copy in which the imports are planted: reading all files takes seconds, so they are read once. */
    let report: ReturnType<typeof cruise>;
    const isPlanted = (violation: string) => planted.some(([file]) => violation.includes(`: ${file} → `));

    before(() => {
        const checkout = fs.mkdtempSync(path.join(os.tmpdir(), "imports-"));
        try {
            for (const name of [...folders, "tsconfig.json", "package.json", ".dependency-cruiser.mjs"]) {
                fs.cpSync(path.join(root, name), path.join(checkout, name), {
                    recursive: true,
                    filter: (file) => fs.statSync(file).isDirectory() || /\.(ts|json|mjs)$/.test(file),
                });
            }
            fs.symlinkSync(path.join(root, "node_modules"), path.join(checkout, "node_modules"));
            for (const [file, imports] of planted) {
                const text = `import * as planted from ${JSON.stringify(imports)};\nvoid planted;\n`;
                fs.writeFileSync(path.join(checkout, file), text);
            }
            report = cruise(checkout);
        } finally {
            fs.rmSync(checkout, { recursive: true });
        }
    });

    it("follow the directions that .dependency-cruiser.mjs allows", () => {
        assert.ok(report.files > 700, `only ${report.files} files were read`);
        assert.deepEqual(
            report.violations.filter((violation) => !isPlanted(violation)),
            [],
        );
    });

    it("are refused in any other direction", () => {
        const found = report.violations.filter(isPlanted);
        const missed = planted.filter(([file, , rule]) => !found.some((one) => one.startsWith(`${rule}: ${file} `)));
        assert.deepEqual(missed, [], found.join("\n"));
    });
});
