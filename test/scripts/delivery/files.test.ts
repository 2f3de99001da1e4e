import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { entriesBelow } from "../../../scripts/delivery/files";

describe("the files below a directory", () => {
    let directory: string;
    beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "walk-"))));
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    const found = () =>
        entriesBelow(path.join(directory, "tree"))
            .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
            .sort();

    it("are those of its subdirectories too", () => {
        fs.mkdirSync(path.join(directory, "tree/deep/deeper"), { recursive: true });
        fs.mkdirSync(path.join(directory, "tree/empty"));
        fs.writeFileSync(path.join(directory, "tree/a"), "");
        fs.writeFileSync(path.join(directory, "tree/deep/deeper/b"), "");
        assert.deepEqual(found(), ["tree/a", "tree/deep/deeper/b"]);
    });

    // Node's own recursive walk does, since version 22.
    it("exclude targets of symbolic links, outside the directory or in a cycle", () => {
        fs.mkdirSync(path.join(directory, "tree"));
        fs.mkdirSync(path.join(directory, "outside"));
        fs.writeFileSync(path.join(directory, "outside/secret"), "");
        fs.symlinkSync("../outside", path.join(directory, "tree/out"));
        fs.symlinkSync(".", path.join(directory, "tree/circle"));
        assert.deepEqual(found(), ["tree/circle", "tree/out"]);
    });
});
