import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const scripts = path.join(__dirname, "../../../../scripts");
const writer = path.join("delivery", "report", "log.ts");

/** Programs that show what a repository or a database says: everything that they print goes through the log. */
const programs = ["delivery", "local", "check"];

function sources(directory: string): string[] {
    return fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => path.join(entry.parentPath, entry.name));
}

describe("what programs print", () => {
    const files = programs.flatMap((program) => sources(path.join(scripts, program)));

    it("goes through the log, which sanitizes it", () => {
        const bypass = /\bconsole\.\w+\(|\bstd(?:out|err)\.write\(|\bprocess\.emitWarning\(|writeSync\((?:1|2)\b/;
        const found = files
            .filter((file) => bypass.test(fs.readFileSync(file, "utf8")))
            .map((file) => path.relative(scripts, file));
        assert.ok(files.length > 100);
        assert.deepEqual(found, [writer]);
    });

    it("is written to a record as JSON in one place", () => {
        const pretty = /JSON\.stringify\([^;]*, (?:undefined|null), \d\)/;
        const found = [...sources(path.join(scripts, "delivery")), ...sources(path.join(scripts, "check"))]
            .filter((file) => pretty.test(fs.readFileSync(file, "utf8")))
            .map((file) => path.relative(scripts, file));
        assert.deepEqual(found, [path.join("delivery", "report", "text", "json.ts")]);
    });
});
