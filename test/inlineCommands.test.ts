import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { configKeys } from "../stacks/configKeys";
import { documents, inlineCodeOf } from "./support/documents";
import { nonEmpty } from "./support/nonEmpty";

// Commands in the text of a document are not run, unlike those of its shell blocks (test/documents.test.ts). What they
// name is checked: the npm script, its options, files, config keys and outputs.

const root = path.join(__dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** Programs that a command in the text may start. */
const programs: Readonly<Record<string, "checked" | "needs AWS" | "of the machine">> = {
    npm: "checked",
    npx: "checked",
    node: "checked",
    aws: "needs AWS",
    pulumi: "needs AWS",
    git: "of the machine",
    "apt-get": "of the machine",
    brew: "of the machine",
    dnf: "of the machine",
    pg_dump: "of the machine",
};

/** The files that define the options of npm scripts; the other scripts take none. */
const optionsIn: Readonly<Record<string, string>> = {
    start: "scripts/local/main.ts",
    stop: "scripts/local/stop.ts",
    check: "scripts/check/main.ts",
    review: "scripts/review/main.ts",
    "clean-up": "scripts/cleanUp.ts",
    "new-migration": "scripts/scaffold/newMigration.ts",
    "new-environment": "scripts/scaffold/newEnvironment.ts",
    "test:faults": "node_modules/mocha/lib/cli/run.js",
};

const topLevel = ["components", "docs", "examples", "migrations", "policy", "scripts", "stacks", "test"];

/** Made by a build, or optional. */
const mayBeMissing = ["components/toolchain/", "migrations/lint.yaml"];

/** What is wrong with a code span, if it is a command, an option of one or the path of a file. */
function problemsOf(code: string): string[] {
    const words = code.split(/\s+/);
    const [program = ""] = words;
    if (words.length > 1 && program in programs) {
        return [...npmProblems(words), ...missing(words.slice(1)), ...pulumiProblems(code)];
    }
    return words.length === 1 ? missing(words) : [];
}

function npmProblems([program, ...rest]: readonly string[]): string[] {
    if (program !== "npm") return [];
    const words = rest.filter((word) => word !== "--silent");
    const [verb = ""] = words;
    const script = verb === "run" ? words[1]! : verb;
    if (verb === "run" || ["start", "stop", "test"].includes(verb)) {
        if (!(script in scripts)) return [`no npm script ${script}`];
        const options = words.slice(words.indexOf("--") + 1).filter((word) => word.startsWith("--") && word !== "--");
        return words.includes("--") ? options.flatMap((option) => unknownOption(script, option)) : [];
    }
    return ["ci", "install", "pack", "publish", "rebuild"].includes(verb) ? [] : [`no command of npm: ${verb}`];
}

function unknownOption(script: string, option: string): string[] {
    const name = option.replace(/=.*/, "");
    const file = optionsIn[script];
    const known =
        file !== undefined &&
        (name === "--help" || new RegExp(`["']${name}[ "']|["']${name.slice(2)}["']`).test(read(file)));
    return known ? [] : [`npm run ${script} has no option ${name}`];
}

function missing(words: readonly string[]): string[] {
    return words
        .filter((word) => /^[\w./-]+$/.test(word) && topLevel.includes(word.split("/")[0]!) && word.includes("/"))
        .filter((word) => !mayBeMissing.includes(word) && !existsSync(path.join(root, word)))
        .map((word) => `no file ${word}`);
}

function pulumiProblems(code: string): string[] {
    const key = /^pulumi config (?:set|rm) (?:aurora-pipeline:)?([\w:]+)/.exec(code)?.[1];
    const output = /^pulumi stack output (\w+)/.exec(code)?.[1];
    const isOutput = (name: string) =>
        new RegExp(`^ {4}${name}\\??: pulumi\\.Output<`, "m").test(read("stacks/environment.ts"));
    return [
        ...(key === undefined || key.startsWith("aws:") || (configKeys as string[]).includes(key)
            ? []
            : [`no config key ${key}`]),
        ...(output === undefined || isOutput(output) ? [] : [`no output ${output}`]),
    ];
}

describe("the commands in the text of the documents", () => {
    for (const document of nonEmpty(documents)) {
        it(`${document}: name npm scripts, options, files, config keys and outputs that exist`, () => {
            const wrong = inlineCodeOf(document).flatMap((code) =>
                problemsOf(code).map((problem) => `\`${code}\`: ${problem}`),
            );
            assert.deepEqual(wrong, []);
        });
    }

    it("are found, in tables too", () => {
        const all = documents.flatMap(inlineCodeOf);
        for (const command of ["npm start -- --rollback-to release-…", "npm run check -- --allow-code", "aws s3 ls"]) {
            assert.ok(all.includes(command), command);
        }
    });

    it("start known programs only: what is checked, what needs AWS, what a machine has", () => {
        const looksLikeCommand = /^([a-z][\w-]*) (?:--?[a-z]|run |start\b|install |ci$)/;
        const unknown = documents
            .flatMap(inlineCodeOf)
            .flatMap((code) => looksLikeCommand.exec(code)?.[1] ?? [])
            .filter((program) => !(program in programs));
        assert.deepEqual(unknown, []);
    });

    const planted: [string, string[]][] = [
        ["npm run chek", ["no npm script chek"]],
        ["npm start -- --worktre", ["npm run start has no option --worktre"]],
        ["npm start -- --env prod --approve", []],
        ["npm run --silent clean-up -- --env prod", []],
        ["npm run docs -- --all", ["npm run docs has no option --all"]],
        ["npm run test:faults -- --forbid-pending", []],
        ["npx mocha test/absent.test.ts", ["no file test/absent.test.ts"]],
        ["scripts/absent.ts", ["no file scripts/absent.ts"]],
        ["pulumi config set maxCapcity 2", ["no config key maxCapcity"]],
        ["pulumi stack output pipelineNam", ["no output pipelineNam"]],
        ["a text of somebody", []],
    ];
    for (const [code, problems] of planted) {
        it(`${problems.length > 0 ? "are found wrong" : "are accepted"}: ${code}`, () => {
            assert.deepEqual(problemsOf(code), problems);
        });
    }

    it("docs/getting-started.md lists the exit statuses that npm start -- --help lists", () => {
        const [, table = ""] = read("docs/getting-started.md").split("### Exit status and reports");
        const documented = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, status]) => status);
        const help = /Exit status: ([^]*?)\.",?\n/.exec(read("scripts/local/main.ts"))![1]!;
        const listed = [...help.matchAll(/(?:^|[,"] ?)(\d+) [a-z]/g)].map(([, status]) => status);
        assert.deepEqual(documented, listed);
    });
});
