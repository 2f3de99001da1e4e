import * as assert from "node:assert/strict";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { billOfMaterials, type Part } from "../../../scripts/toolchain/bom";
import { licencesOf } from "../../../scripts/toolchain/licences";
import { type LockedPackage, PackageLock } from "../../../scripts/toolchain/packageLock";
import { verifyTarball } from "../../../scripts/toolchain/squawk";

const sha512 = "ab".repeat(64);
const scoped: LockedPackage = { name: "@one/two", version: "1.2.3", license: "(MIT OR Apache-2.0)", sha512 };
const plain: LockedPackage = { name: "three", version: "4.5.6", license: "see the file", sha512 };
const parts: Part[] = [
    {
        name: "lib/a-1.jar",
        content: Buffer.from("jar"),
        origin: {
            kind: "jar",
            jar: { group: "org.one", artifact: "a", version: "1", file: "/repository/a-1.jar" },
            licences: [
                {
                    name: "The Apache Software License, version 2.0",
                    url: "http://www.apache.org/licenses/LICENSE-2.0.txt",
                },
                { name: "GPL2 w/ CPE", url: "https://oss.oracle.com/licenses/CDDL+GPL-1.1" },
            ],
        },
    },
    { name: "delivery.cjs", content: Buffer.from("x"), origin: { kind: "bundle", packages: [scoped, plain] } },
    { name: "squawk", content: Buffer.from("s"), executable: true, origin: { kind: "npm", package: scoped } },
    { name: "classes/A.class", content: Buffer.from("c"), origin: { kind: "own" } },
];
const archive = { name: "toolchain-0123456789abcdef.zip", sha256: "0123456789abcdef".repeat(4) };

interface Component {
    name: string;
    group?: string;
    version?: string;
    purl?: string;
    hashes: { alg: string; content: string }[];
    licenses?: unknown[];
    properties?: { value: string }[];
    "bom-ref": string;
}
interface Bom {
    specVersion: string;
    metadata: { component: Component };
    components: Component[];
    dependencies: { ref: string; dependsOn?: string[] }[];
}

const sha256 = (text: string) => crypto.createHash("sha256").update(text).digest("hex");

describe("the bill of materials", () => {
    const bom = JSON.parse(billOfMaterials(archive, parts)) as Bom;
    const component = (reference: string) => bom.components.find((one) => one["bom-ref"] === reference)!;

    it("is CycloneDX 1.6", () => assert.equal(bom.specVersion, "1.6"));

    it("is of the archive, by its checksum", () => {
        assert.deepEqual(bom.metadata.component.hashes, [{ alg: "SHA-256", content: archive.sha256 }]);
        assert.equal(bom.metadata.component.version, "0123456789abcdef");
    });

    it("names a jar as Maven does, with its SHA-256 and its licences: by SPDX's identifier where that is certain", () => {
        const jar = component("file:lib/a-1.jar");
        assert.deepEqual(
            [jar.group, jar.name, jar.version, jar.purl],
            ["org.one", "a", "1", "pkg:maven/org.one/a@1?type=jar"],
        );
        assert.deepEqual(jar.hashes, [{ alg: "SHA-256", content: sha256("jar") }]);
        assert.deepEqual(jar.licenses, [
            { license: { name: "GPL2 w/ CPE", url: "https://oss.oracle.com/licenses/CDDL+GPL-1.1" } },
            { license: { id: "Apache-2.0" } },
        ]);
        assert.equal(jar.properties?.[0]?.value, "lib/a-1.jar");
    });

    it("names the packages in the program, by the checksum of their tarballs", () => {
        const [first, second] = [component("pkg:npm/%40one/two@1.2.3"), component("pkg:npm/three@4.5.6")];
        assert.deepEqual([first.group, first.name, first.version], ["@one", "two", "1.2.3"]);
        assert.deepEqual(first.hashes, [{ alg: "SHA-512", content: sha512 }]);
        assert.deepEqual(first.licenses, [{ expression: "(MIT OR Apache-2.0)" }]);
        assert.deepEqual(second.licenses, [{ license: { name: "see the file" } }]);
        assert.deepEqual(bom.dependencies.find(({ ref }) => ref === "file:delivery.cjs")?.dependsOn, [
            "pkg:npm/%40one/two@1.2.3",
            "pkg:npm/three@4.5.6",
        ]);
    });

    it("holds every file of the archive", () => {
        for (const { name, content } of parts) {
            assert.deepEqual(component(`file:${name}`).hashes, [
                { alg: "SHA-256", content: crypto.createHash("sha256").update(content).digest("hex") },
            ]);
        }
        const root = bom.dependencies.find(({ ref }) => ref === "toolchain");
        assert.deepEqual(root?.dependsOn, parts.map(({ name }) => `file:${name}`).sort());
    });

    it("is the same bytes each time, whatever the order of the files", () => {
        assert.equal(billOfMaterials(archive, [...parts].reverse()), billOfMaterials(archive, parts));
    });
});

describe("what the bill of materials is made from", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "bom-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    const write = (file: string, text: string) => {
        fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
        fs.writeFileSync(path.join(directory, file), text);
    };

    it("reads a licence from the nearest POM that has one", () => {
        const parent = "<parent><groupId>org.p</groupId><artifactId>p</artifactId><version>1</version></parent>";
        write("org/a/a/1/a-1.pom", `<project>${parent}</project>`);
        write(
            "org/p/p/1/p-1.pom",
            "<project><licenses><license><name>The\n MIT License</name><url>https://x</url></license><license/></licenses></project>",
        );
        const jar = { group: "org.a", artifact: "a", version: "1" };
        assert.deepEqual(licencesOf(directory, jar), [{ name: "The MIT License", url: "https://x" }]);
        assert.deepEqual(licencesOf(directory, { ...jar, artifact: "unknown" }), []);
    });

    it("reads a package's version, licence and checksum from package-lock.json, and rejects unpinned ones", () => {
        const digest = crypto.createHash("sha512").update("tarball").digest();
        const integrity = `sha512-${digest.toString("base64")}`;
        const packages = {
            "node_modules/a/node_modules/@b/c": { version: "1", license: "MIT", integrity },
            "node_modules/weak": { version: "1", integrity: "sha1-abc" },
        };
        write("package-lock.json", JSON.stringify({ packages }));
        const lock = new PackageLock(directory);
        const locked = lock.at("node_modules/a/node_modules/@b/c");
        assert.deepEqual(locked, { name: "@b/c", version: "1", license: "MIT", sha512: digest.toString("hex") });
        for (const place of ["node_modules/weak", "node_modules/absent"]) {
            assert.throws(() => lock.at(place), {
                code: "AP3404",
                message: `AP3404: package-lock.json does not pin ${place} by version and SHA-512. Regenerate it with npm install.`,
            });
        }
        write("good.tgz", "tarball");
        write("bad.tgz", "another");
        verifyTarball(path.join(directory, "good.tgz"), locked);
        assert.throws(() => verifyTarball(path.join(directory, "bad.tgz"), locked), {
            message: new RegExp(
                `^AP3409: @b/c 1 is not the package that package-lock\\.json pins: pinned SHA-512 ${locked.sha512}, fetched [0-9a-f]{128}\\. Nothing was built\\. Check the npm registry that served it\\.$`,
            ),
        });
    });
});
