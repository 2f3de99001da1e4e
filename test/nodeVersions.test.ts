import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { NodeVersions, Runtimes } from "../components/contract";
import { root } from "./support/program";
import { nonEmpty } from "./support/nonEmpty";

// What runs on each version: `npm test` for the unit tests, test/integration/nodeVersions.test.ts for a deployment.

const text = (file: string) => readFileSync(path.join(root, file), "utf8");
const json = <T>(file: string) => JSON.parse(text(file)) as T;

describe("the versions of Node.js", () => {
    const [oldest, newest] = [NodeVersions[0]!, NodeVersions.at(-1)!];
    /** Pinned for tests, and for machines with an older one. */
    const pinned = (major: number) =>
        Object.values(
            json<{ optionalDependencies: Record<string, string> }>(`scripts/node/${major}/package.json`)
                .optionalDependencies,
        );

    it("are the same in every package, and the oldest is the one that is tested", () => {
        for (const file of ["package.json", "components/package.json", "policy/package.json"]) {
            const { engines } = json<{ engines: { node: string } }>(file);
            assert.equal(engines.node, `>=${pinned(oldest)[0]} <${newest + 1}`, file);
        }
        const locked = json<{ packages: Record<string, { engines?: { node: string } }> }>("package-lock.json").packages;
        assert.equal(locked[""]?.engines?.node, `>=${pinned(oldest)[0]} <${newest + 1}`);
    });

    it("can each be installed, by a lock file that pins what is installed", () => {
        const offered = readdirSync(path.join(root, "scripts/node")).filter((name) => /^\d+$/.test(name));
        assert.deepEqual(offered.map(Number), NodeVersions);
        for (const major of NodeVersions) {
            const { packages } = json<{ packages: Record<string, { version?: string; integrity?: string }> }>(
                `scripts/node/${major}/package-lock.json`,
            );
            const { "": own, ...others } = packages;
            assert.ok(own);
            assert.deepEqual(
                Object.values(others).map(({ version }) => version),
                pinned(major),
            );
            assert.ok(nonEmpty(Object.values(others)).every(({ integrity }) => integrity?.startsWith("sha512-")));
            assert.ok(nonEmpty(pinned(major)).every((version) => version.startsWith(`${major}.`)));
        }
    });

    it("include the one that builds choose", () => {
        assert.ok(NodeVersions.includes(Number(Runtimes.nodejs)));
    });

    it("are those of the workflow that tests a pull request, and a preview runs on one of them", () => {
        type Jobs = { jobs: Record<string, { strategy: { matrix: { node: string[] } }; steps: Steps }> };
        type Steps = { with?: { "node-version"?: string } }[];
        const { jobs } = parse(text(".github/workflows/ci.yml")) as Jobs;
        assert.deepEqual(jobs["test"]?.strategy.matrix.node, [
            pinned(oldest)[0],
            ...NodeVersions.slice(1).map((major) => String(major)),
        ]);
        const preview = (parse(text(".github/workflows/preview.yml")) as Jobs).jobs["preview"]!.steps;
        const versions = preview.flatMap((step) => step.with?.["node-version"] ?? []);
        assert.deepEqual(versions, [Runtimes.nodejs]);
    });

    it("are what the README promises", () => {
        const [major, minor] = pinned(oldest)[0]!.split(".");
        const [, other] = /otherNode = (\d+)/.exec(text("scripts/setup.mjs"))!;
        for (const document of ["README.md", "docs/getting-started.md"]) {
            const words = text(document).replace(/\s+/g, " ");
            assert.match(words, new RegExp(`Node\\.js ${major}\\.${minor} to ${newest}`), document);
            assert.match(
                words,
                new RegExp(`On Linux an older Node\\.js works too: the commands download Node\\.js ${other}`),
            );
        }
    });

    it("are what each npm script runs on, whatever the machine has; the few others say what they need", () => {
        const { scripts } = json<{ scripts: Record<string, string> }>("package.json");
        const direct = Object.keys(scripts).filter((name) => scripts[name] !== `node scripts/setup.mjs ${name}`);
        assert.deepEqual(direct, ["typecheck", "lint", "format"]);
        const lines = text("CONTRIBUTING.md").split("\n");
        for (const name of nonEmpty(direct)) {
            const [line = ""] = lines.filter((one) => one.startsWith("| ") && one.includes(`npm run ${name}\``));
            assert.match(line, /after `npm ci`/, name);
        }
    });

    it("warn of their end of life: nothing silences a warning", () => {
        const files = execFileSync(
            "git",
            ["ls-files", "-z", "--", "*.ts", "*.mjs", "*.cjs", "*.js", "*.json", "*.y*ml", ".ci"],
            {
                cwd: root,
                encoding: "utf8",
            },
        );
        const silences =
            /NODE_VERSION_SUPPORT_WARNING|NODE_NO_WARNINGS|--no-(?:warnings|deprecation)|--disable-warning|noDeprecation|removeAllListeners\(["']warning/;
        const own = path.relative(root, __filename);
        const silent = files.split("\0").filter((file) => file !== "" && file !== own && silences.test(text(file)));
        assert.deepEqual(silent, []);
    });
});
