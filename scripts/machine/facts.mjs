// What decides how this machine can get what it lacks.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const pips = [["python3"], ["python"], ["py", "-3"]].map((python) => [...python, "-m", "pip"]);

export function machineFacts(env) {
    return {
        /** As the lists of `sources.mjs` name it. */
        platform: [process.platform, ...(isMusl() ? ["musl"] : []), process.arch].join("-"),
        system: process.platform,
        distribution: distributionOf(readIfThere("/etc/os-release")),
        root: process.getuid?.() === 0,
        /** A container or a CI machine, where packages may be installed. */
        throwaway: !["", "0", "false"].includes(env.CI ?? "") || ["/.dockerenv", "/run/.containerenv"].some(existsSync),
        /** How pip is called; undefined without it. */
        pip: pips.find(([program, ...args]) => succeeds(program, [...args, "--version"], env)),
        aptGet: process.platform === "linux" && succeeds("apt-get", ["--version"], env),
    };
}

/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export function distributionOf(osRelease) {
    const field = (name) => new RegExp(`^${name}=["']?([^"'\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
    return {
        /** The distribution's name, and those of the ones it is derived from. */
        names: [field("ID"), ...field("ID_LIKE").split(" ")].filter((name) => name !== ""),
        /** NaN where it has none. */
        version: Number.parseFloat(field("VERSION_ID")),
    };
}

function succeeds(program, args, env) {
    return spawnSync(program, args, { env, stdio: "ignore" }).status === 0;
}

function isMusl() {
    // Looking up the names of network interfaces takes seconds on some machines.
    process.report.excludeNetwork = true;
    return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function readIfThere(file) {
    return existsSync(file) ? readFileSync(file, "utf8") : "";
}
