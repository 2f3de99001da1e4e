import * as fs from "node:fs";
import * as path from "node:path";
import { toolchainErrors } from "./errors";
import { coordinatesOf, Jar, sha256Of } from "./jars";

/** The lock file beside the `pom.xml` whose jars it pins. */
export const jarLockName = "jars.lock.json";

/** The SHA-256 of every jar that a `pom.xml` resolves to, by coordinates. */
type Pins = Record<string, string>;

const about = "The jars that pom.xml resolves to, by their SHA-256. `npm run lock` writes this file.";
const digest = /^[0-9a-f]{64}$/;

/** Whether the jars of this `pom.xml` are pinned. */
export function isPinned(pom: string): boolean {
    return fs.existsSync(lockOf(pom));
}

/** Refuses jars that differ from those pinned beside the `pom.xml`. */
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
                : [`${coordinates} has the wrong checksum: pinned SHA-256 ${pinned}, found ${found} (${jar.file})`];
        }),
        ...Object.keys(pins)
            .filter((coordinates) => resolved[coordinates] === undefined)
            .map((coordinates) => `${coordinates} is pinned, but was not resolved`),
    ];
    if (problems.length > 0) {
        throw new toolchainErrors.JarsReplaced({ lock: lockOf(pom), problems });
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
    if (!fs.existsSync(file)) {
        throw new toolchainErrors.PinsMissing({ file });
    }
    const { jars } = parse(file);
    const pins = Object.entries(typeof jars === "object" && jars !== null ? jars : {});
    const wrong = pins.filter(([, value]) => typeof value !== "string" || !digest.test(value));
    if (pins.length === 0 || wrong.length > 0) {
        const given = wrong.map(([coordinates, value]) => `${coordinates}: ${JSON.stringify(value)}`);
        throw new toolchainErrors.PinsMalformed({ file, given: given.length > 0 ? given : ["nothing"] });
    }
    return Object.fromEntries<string>(pins as [string, string][]);
}

function parse(file: string): Record<string, unknown> {
    try {
        return { ...(JSON.parse(fs.readFileSync(file, "utf8")) as object | null) };
    } catch (error) {
        throw new toolchainErrors.PinsNotJson({ file, reason: (error as Error).message });
    }
}
