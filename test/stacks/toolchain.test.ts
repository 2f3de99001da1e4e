import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ensureToolchain } from "../../stacks/toolchain";
import { hashInputs } from "../../stacks/toolchainInputs";

describe("ensureToolchain", () => {
    let directory: string;
    let builds: number;
    let said: string[];
    const print = console.error;

    beforeEach(() => {
        directory = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-toolchain-"));
        builds = 0;
        said = [];
        console.error = (line: string) => said.push(line);
    });

    afterEach(() => {
        console.error = print;
        rmSync(directory, { recursive: true });
    });

    const build = (status: number) => () => {
        builds += 1;
        return status;
    };

    const leaveArchive = (inputs: string) => {
        writeFileSync(
            path.join(directory, "toolchain.json"),
            JSON.stringify({ archive: "toolchain-1.zip", sha256: "", inputs }),
        );
        writeFileSync(path.join(directory, "toolchain-1.zip"), "");
    };

    it("does nothing, silently, when the archive is there", () => {
        leaveArchive(hashInputs(path.join(__dirname, "..", "..")));
        ensureToolchain(directory, build(0));
        assert.equal(builds, 0);
        assert.deepEqual(said, []);
    });

    it("builds it if its inputs have changed, as after a pull", () => {
        leaveArchive("0".repeat(64));
        ensureToolchain(directory, build(0));
        assert.equal(builds, 1);
        assert.deepEqual(said, [
            "The toolchain archive is out of date; building it with `npm run toolchain` (a minute, once) …",
        ]);
    });

    it("builds it when it is missing, and says so before", () => {
        ensureToolchain(directory, () => {
            assert.deepEqual(said, [
                "The toolchain archive is missing; building it with `npm run toolchain` (a minute, once) …",
            ]);
            return build(0)();
        });
        assert.equal(builds, 1);
    });

    it("builds it if only its description exists", () => {
        writeFileSync(path.join(directory, "toolchain.json"), '{ "archive": "toolchain-1.zip" }');
        ensureToolchain(directory, build(0));
        assert.equal(builds, 1);
    });

    it("stops the program when that fails", () => {
        for (const status of [1, null]) {
            assert.throws(() => ensureToolchain(directory, () => status), {
                code: "AP2003",
                message:
                    "AP2003: The toolchain archive could not be built: `npm run toolchain` failed; see its message above. " +
                    "Correct the cause, and run the command again.",
            });
        }
    });
});
