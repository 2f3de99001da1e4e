import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "..");

/** Loads the program as Pulumi's Node host does for a preview (`cmd/run/run.js`), and names the modules it took for it. */
const program = `
    const compilerOptions = require("@pulumi/pulumi/tsutils").loadTypeScriptCompilerOptions("tsconfig.json");
    require("ts-node").register({
        compiler: "typescript",
        transpileOnly: compilerOptions.noCheck,
        project: "tsconfig.json",
        skipProject: false,
        compilerOptions: {
            target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true", ...compilerOptions,
        },
    });
    const { createEnvironment } = require("./stacks/environment");
    const ours = Object.keys(require.cache).some((file) => file.endsWith("/scripts/transpile.cjs"));
    console.log(JSON.stringify({ ours, loaded: typeof createEnvironment }));
`;

describe("a preview", () => {
    it("compiles the program without TypeScript, which would take most of its time", () => {
        const printed = execFileSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" });
        assert.deepEqual(JSON.parse(printed), { ours: true, loaded: "function" });
    });

    it("compiles with production dependencies only", () => {
        const manifest = readFileSync(path.join(root, "package.json"), "utf8");
        const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
        for (const needed of ["sucrase", "ts-node", "typescript"]) {
            assert.ok(needed in dependencies, needed);
        }
    });
});
