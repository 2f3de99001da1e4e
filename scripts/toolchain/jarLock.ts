import * as fs from "node:fs";
import * as path from "node:path";
import { ToolchainError } from "./errors";
import { coordinatesOf, Jar, sha256Of } from "./jars";

/** Lies beside the `pom.xml` whose jars it pins. */
export const jarLockName = "jars.lock.json";

/** SHA-256 by coordinates, of every jar that a `pom.xml` resolves to. */
type Pins = Record<string, string>;

const about = "The jars that pom.xml resolves to, by their SHA-256. `npm run lock` writes this file.";
const digest = /^[0-9a-f]{64}$/;

/** Whether the jars of this `pom.xml` are pinned. */
export function isPinned(pom: string): boolean {
    return fs.existsSync(lockOf(pom));
}

/** Refuses jars that are not exactly those that are pinned beside the `pom.xml`. */
export function verifyJars(pom: string, jars: Jar[]): void {
    const pins = readPins(lockOf(pom));
    const resolved = pinsOf(jars);
    const problems = [
        ...jars.flatMap((jar) => {
            const coordinates = coordinatesOf(jar);
            const [pinned, found] = [pins[coordinates], resolved[coordinates]];
            if (pinned === undefined) {
                return [`${coordinates} is not pinned; it was resolved with SHA-256 ${found}`];
            }
            return pinned === found
                ? []
                : [`${coordinates} is another file: pinned SHA-256 ${pinned}, found ${found} (${jar.file})`];
        }),
        ...Object.keys(pins)
            .filter((coordinates) => resolved[coordinates] === undefined)
            .map((coordinates) => `${coordinates} is pinned, but was not resolved`),
    ];
    if (problems.length > 0) {
        throw new ToolchainError(
            [
                `${lockOf(pom)}: Maven resolved other jars than those that are pinned. Nothing was built.`,
                ...problems.map((problem) => `  - ${problem}`),
                "If pom.xml changed on purpose, run `npm run lock` and review the difference. If it did not, somebody",
                "replaced a jar: find out who, and delete it from Maven's local repository (~/.m2/repository).",
            ].join("\n"),
        );
    }
}

/** Pins these jars; returns the file. */
export function writeLock(pom: string, jars: Jar[]): string {
    const file = lockOf(pom);
    fs.writeFileSync(file, `${JSON.stringify({ about, jars: pinsOf(jars) }, undefined, 4)}\n`);
    return file;
}

function lockOf(pom: string): string {
    return path.join(path.dirname(pom), jarLockName);
}

function pinsOf(jars: Jar[]): Pins {
    return Object.fromEntries(jars.map((jar) => [coordinatesOf(jar), sha256Of(fs.readFileSync(jar.file))]));
}

function readPins(file: string): Pins {
    const fix = "Take it back from Git, or write it anew: npm run lock";
    if (!fs.existsSync(file)) {
        throw new ToolchainError(`${file} is missing: it pins the jars of pom.xml by their SHA-256. ${fix}`);
    }
    const { jars } = parse(file, fix);
    const pins = Object.entries(typeof jars === "object" && jars !== null ? jars : {});
    const wrong = pins.filter(([, value]) => typeof value !== "string" || !digest.test(value));
    if (pins.length === 0 || wrong.length > 0) {
        const given = wrong.map(([coordinates, value]) => `\n  - ${coordinates}: ${JSON.stringify(value)}`).join("");
        throw new ToolchainError(
            `${file}: \`jars\` must map each jar's coordinates to its SHA-256, 64 hexadecimal digits. ${fix}${given}`,
        );
    }
    return Object.fromEntries<string>(pins as [string, string][]);
}

function parse(file: string, fix: string): Record<string, unknown> {
    try {
        return { ...(JSON.parse(fs.readFileSync(file, "utf8")) as object | null) };
    } catch (error) {
        throw new ToolchainError(`${file} is no JSON (${(error as Error).message}). ${fix}`);
    }
}
