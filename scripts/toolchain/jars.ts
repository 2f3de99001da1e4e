import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A jar that Maven resolved. */
export interface Jar {
    group: string;
    artifact: string;
    version: string;
    classifier?: string;
    /** Its path. */
    file: string;
}

/** The jars below a directory in the layout of a Maven repository, sorted by coordinates. */
export function jarsBelow(directory: string): Jar[] {
    return fs
        .readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".jar"))
        .map((file) => jarAt(directory, file))
        .sort((one, other) => (coordinatesOf(one) < coordinatesOf(other) ? -1 : 1));
}

/** `org.liquibase:liquibase-core:4.33.0`, plus the classifier if there is one. */
export function coordinatesOf({ group, artifact, version, classifier }: Omit<Jar, "file">): string {
    return [group, artifact, version, ...(classifier === undefined ? [] : [classifier])].join(":");
}

export function sha256Of(content: Uint8Array): string {
    return crypto.createHash("sha256").update(content).digest("hex");
}

/** `org/liquibase/liquibase-core/4.33.0/liquibase-core-4.33.0.jar` */
function jarAt(directory: string, file: string): Jar {
    const parts = file.split(path.sep);
    const [artifact = "", version = "", name = ""] = parts.slice(-3);
    const classifier = name.slice(`${artifact}-${version}-`.length, -".jar".length);
    return {
        group: parts.slice(0, -3).join("."),
        artifact,
        version,
        ...(classifier === "" ? {} : { classifier }),
        file: path.join(directory, file),
    };
}
