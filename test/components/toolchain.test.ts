import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { packagedToolchain } from "../../components/toolchain";

describe("packagedToolchain", () => {
    let directory: string;
    beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "toolchain-"))));
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    it("is the archive that its description names", () => {
        const description = { archive: "toolchain-0123456789abcdef.zip", sha256: "0123456789abcdef", inputs: "…" };
        fs.writeFileSync(path.join(directory, "toolchain.json"), JSON.stringify(description));
        assert.equal(packagedToolchain(directory), path.join(directory, "toolchain-0123456789abcdef.zip"));
    });

    it("is undefined until one has been built", () => {
        assert.equal(packagedToolchain(directory), undefined);
        assert.equal(packagedToolchain(path.join(directory, "missing")), undefined);
    });
});
