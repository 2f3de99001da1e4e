import * as assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";

interface Transpiler {
    transpile(input: string, options: { fileName: string }): { outputText: string; sourceMapText: string };
}
type Create = (options: object) => Transpiler;

const load = createRequire(__filename);
const { create } = load("../../scripts/transpile.cjs") as { create: Create };
const plain = load("sucrase/ts-node-plugin") as { create: Create };

const fileName = path.join(__dirname, "example.ts");
const typed = "export const a: number = 1;\n";
const options = { nodeModuleEmitKind: "nodecjs", service: { config: { options: { esModuleInterop: true } } } };

describe("the transpiler", () => {
    let directory: string;
    const transpiler = (more: object = {}) => create({ ...options, directory, ...more });
    const kept = () => readdirSync(directory).map((file) => path.join(directory, file));

    beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "transpiled-"))));
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it("has the same output as sucrase, the first time and the second", () => {
        const expected = plain.create(options).transpile(typed, { fileName });
        assert.deepEqual(transpiler().transpile(typed, { fileName }), expected);
        assert.deepEqual(transpiler().transpile(typed, { fileName }), expected);
    });

    it("reuses its output for unchanged files", () => {
        transpiler().transpile(typed, { fileName });
        const [file = ""] = kept();
        const content = JSON.parse(readFileSync(file, "utf8")) as { output: object };
        writeFileSync(file, JSON.stringify({ ...content, output: { outputText: "kept", sourceMapText: "{}" } }));
        assert.equal(transpiler().transpile(typed, { fileName }).outputText, "kept");
    });

    it("compiles changed files, and keeps the new output", () => {
        transpiler().transpile(typed, { fileName });
        assert.match(transpiler().transpile(typed.replace("1", "2"), { fileName }).outputText, /= 2;/);
        assert.equal(kept().length, 1);
    });

    it("compiles again for other compiler options", () => {
        transpiler().transpile('import fs from "fs";\nfs.rmSync;\n', { fileName });
        const service = { config: { options: { esModuleInterop: false } } };
        const other = transpiler({ service }).transpile('import fs from "fs";\nfs.rmSync;\n', { fileName });
        assert.deepEqual(
            other,
            plain.create({ ...options, service }).transpile('import fs from "fs";\nfs.rmSync;\n', { fileName }),
        );
    });

    it("ignores incomplete output", () => {
        const expected = transpiler().transpile(typed, { fileName });
        for (const file of kept()) truncateSync(file, 40);
        assert.deepEqual(transpiler().transpile(typed, { fileName }), expected);
    });

    it("works without a writable cache", () => {
        const nowhere = path.join(directory, "file");
        writeFileSync(nowhere, "");
        const { outputText } = transpiler({ directory: nowhere }).transpile(typed, { fileName });
        assert.match(outputText, /exports\.a = 1;|a = 1/);
    });
});
