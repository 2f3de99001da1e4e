import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { Toolchain } from "../../components/contract";
import { ensureToolchain, ToolchainManifest } from "../../scripts/toolchain/ensure";

const megabyte = 1_000_000;

describe("the toolchain", () => {
    let directory: string;
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "toolchain-"));
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    const build = (name: string, log: string[] = []) =>
        ensureToolchain({
            output: path.join(directory, name, "output"),
            cache: path.join(directory, name, "cache"),
            log: (line) => log.push(line),
        });

    it("is the same bytes wherever it is built, small, and complete", () => {
        const [one, two] = [build("one"), build("two")];
        assert.equal(path.basename(one), path.basename(two));
        const bytes = fs.readFileSync(one);
        assert.ok(bytes.equals(fs.readFileSync(two)));
        assert.ok(bytes.length <= 25 * megabyte, `${bytes.length} bytes`);

        const files = unzipSync(bytes);
        for (const name of [
            Toolchain.program,
            Toolchain.certificates,
            Toolchain.linter,
            `${Toolchain.classes}/aurorapipeline/Session.class`,
        ]) {
            assert.ok(files[name]?.length, name);
        }
        const jars = Object.keys(files).filter((name) => name.startsWith(`${Toolchain.libraries}/`));
        for (const jar of ["liquibase-core-4.33.0", "liquibase-cli-4.33.0", "picocli", "postgresql"]) {
            assert.ok(
                jars.some((name) => name.includes(`/${jar}`)),
                jar,
            );
        }
        assert.ok(!jars.some((name) => name.includes("liquibase-standard") || name.includes("ecj")));
        assert.equal(
            Buffer.from(files[Toolchain.certificates]!)
                .toString()
                .match(/BEGIN CERTIFICATE/g)?.length,
            120,
        );
    });

    it("is not built again while its inputs are the same", () => {
        const log: string[] = [];
        assert.equal(build("one", log), build("one", log));
        assert.deepEqual(log, []);
    });

    it("is built again when it is gone or made of something else, and then is the only one", () => {
        const archive = build("one");
        const output = path.dirname(archive);
        const manifestFile = path.join(output, "toolchain.json");
        const manifest = JSON.parse(fs.readFileSync(manifestFile, "utf8")) as ToolchainManifest;
        fs.writeFileSync(manifestFile, JSON.stringify({ ...manifest, inputs: "other" }));
        fs.renameSync(archive, path.join(output, `toolchain-${"0".repeat(16)}.zip`));
        const log: string[] = [];
        assert.equal(build("one", log), archive);
        assert.deepEqual(fs.readdirSync(output).sort(), [path.basename(archive), "toolchain.json"]);
        // Jars and classes are kept between builds.
        assert.deepEqual(log.slice(0, -1), ["Bundling the delivery program", "Packing the archive"]);
        assert.match(log.at(-1) ?? "", /^Toolchain toolchain-[0-9a-f]{16}\.zip: \d+\.\d MB in \d+\.\d s$/);
    });
});
