import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { contentOfImage } from "../../../components/image/content";

const settings = { dockerfile: "Dockerfile" };

describe("the content of an image", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "image-"))));
    afterEach(() => fs.rmSync(root, { recursive: true }));

    const context = (files: Record<string, string>): string => {
        const directory = fs.mkdtempSync(path.join(root, "context-"));
        for (const [file, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
            fs.writeFileSync(path.join(directory, file), text);
        }
        return directory;
    };
    const files = { Dockerfile: "FROM scratch\n", "tool/run.sh": "exit 0\n" };

    it("is the same for the same files, wherever they are and in whatever order they were written", () => {
        const reversed = Object.fromEntries(Object.entries(files).reverse());
        assert.equal(contentOfImage(context(files), settings), contentOfImage(context(reversed), settings));
    });

    it("changes with everything that an image is built from", () => {
        const original = context(files);
        const program = context(files);
        fs.chmodSync(path.join(program, "tool/run.sh"), 0o755);
        const link = context({ Dockerfile: files.Dockerfile });
        fs.mkdirSync(path.join(link, "tool"));
        fs.symlinkSync("elsewhere.sh", path.join(link, "tool/run.sh"));
        const contents = [
            contentOfImage(original, settings),
            contentOfImage(context({ ...files, "tool/run.sh": "exit 1\n" }), settings),
            contentOfImage(context({ Dockerfile: files.Dockerfile, "tool/go.sh": "exit 0\n" }), settings),
            contentOfImage(context({ ...files, ".hidden": "" }), settings),
            contentOfImage(program, settings),
            contentOfImage(link, settings),
            contentOfImage(original, { dockerfile: "tool/run.sh" }),
            contentOfImage(original, { ...settings, buildArgs: { VERSION: "1" } }),
            contentOfImage(original, { ...settings, buildArgs: { VERSION: "2" } }),
            contentOfImage(original, { ...settings, triggers: ["2026-11"] }),
            contentOfImage(original, { ...settings, triggers: ["2026-12"] }),
        ];
        assert.equal(new Set(contents).size, contents.length);
    });

    it("does not depend on the order of build arguments, nor on how a path is written", () => {
        const one = context(files);
        assert.equal(
            contentOfImage(one, { dockerfile: "./Dockerfile", buildArgs: { A: "1", B: "2" } }),
            contentOfImage(one, { dockerfile: "Dockerfile", buildArgs: { B: "2", A: "1" } }),
        );
    });
});
