import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { Outputs } from "../../../scripts/delivery/report/outputs";

describe("what a build leaves behind", () => {
    let source: string;
    beforeEach(() => {
        source = fs.mkdtempSync(path.join(os.tmpdir(), "outputs-"));
    });
    afterEach(() => fs.rmSync(source, { recursive: true }));
    const read = (file: string) => fs.readFileSync(path.join(source, ".delivery", file), "utf8");

    it("holds no secret", () => {
        const outputs = new Outputs(source, (text) => text.replaceAll("s3cret", "***"));
        outputs.json("deployment.json", { error: "password s3cret" });
        outputs.report([{ name: "s3cret", cases: [] }]);
        outputs.exports({ A: "s3cret" });
        for (const file of ["artifacts/deployment.json", "reports/delivery.xml", "exports.sh"]) {
            assert.match(read(file), /\*\*\*/);
            assert.doesNotMatch(read(file), /s3cret/);
        }
    });

    it("is only of this build", () => {
        new Outputs(source, String).json("old.json", "");
        new Outputs(source, String);
        assert.deepEqual(fs.readdirSync(path.join(source, ".delivery/artifacts")), []);
    });

    it("exports to the shell what it was given", () => {
        const outputs = new Outputs(source, String);
        fc.assert(
            fc.property(fc.string({ unit: "grapheme-ascii" }), (value) => {
                outputs.exports({ VALUE: value });
                const script = '. ./.delivery/exports.sh; printf "%s" "$VALUE"';
                assert.equal(execFileSync("sh", ["-c", script], { cwd: source, encoding: "utf8" }), value);
            }),
            { numRuns: 20 },
        );
    });

    it("reports a failure once", () => {
        const outputs = new Outputs(source, String);
        outputs.report([{ name: "changesets", cases: [] }]);
        outputs.reportFailure("deploy", "late");
        assert.doesNotMatch(read("reports/delivery.xml"), /late/);
        const second = new Outputs(source, String);
        second.reportFailure("deploy", "early");
        assert.match(read("reports/delivery.xml"), /<failure message="early">/);
    });
});
