import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { Outputs } from "../../../../scripts/delivery/report/outputs";

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
        for (const file of ["artifacts/deployment.json", "reports/delivery.xml"]) {
            assert.match(read(file), /\*\*\*/);
            assert.doesNotMatch(read(file), /s3cret/);
        }
        assert.equal(read("exports.env"), "A=___\n");
    });

    it("is from this build only", () => {
        new Outputs(source, String).json("old.json", "");
        new Outputs(source, String);
        assert.deepEqual(fs.readdirSync(path.join(source, ".delivery/artifacts")), []);
    });

    it("does not follow a link in the source", () => {
        const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "outputs-elsewhere-"));
        fs.mkdirSync(path.join(elsewhere, "artifacts"));
        fs.writeFileSync(path.join(elsewhere, "artifacts/kept"), "");
        fs.symlinkSync(elsewhere, path.join(source, ".delivery"));
        new Outputs(source, String).exports({ A: 1 });
        assert.ok(fs.existsSync(path.join(elsewhere, "artifacts/kept")));
        assert.ok(!fs.existsSync(path.join(elsewhere, "exports.env")));
        fs.rmSync(elsewhere, { recursive: true });
    });

    it("exports lines that the build specification accepts, whatever the values", () => {
        const outputs = new Outputs(source, String);
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (value) => {
                outputs.exports({ VALUE: value });
                const [line = "", ...others] = read("exports.env").split("\n");
                assert.match(line, /^VALUE=[A-Za-z0-9._-]*$/);
                assert.deepEqual(others, [""]);
                assert.equal(line, `VALUE=${value.replace(/[^A-Za-z0-9._-]/g, "_")}`);
            }),
            { numRuns: 30 },
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
