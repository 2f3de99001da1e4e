import * as fs from "node:fs";
import * as path from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { EnvironmentVariables } from "../../../components/contract";
import { InputError, messageOf } from "../errors";
import { parseChecks, VerificationCheck } from "./checks";
import { parseProperties } from "./properties";
import { refuseSpecialFiles } from "./sourceFiles";

/** What a migrations directory holds. */
export interface Migrations {
    /** Liquibase's search path. */
    directory: string;
    /** The root changelog: a path below the directory, or on the class path of an extra jar. */
    changelogFile: string;
    contexts?: string;
    labelFilter?: string;
    parameters: Record<string, string>;
    /** `lib/*.jar`: drivers, extensions, changelogs published as jars. */
    jars: string[];
    /** `verify/*.sql`: what must hold after a deployment. */
    checks: VerificationCheck[];
}

const propertiesFile = "liquibase.properties";
const parameterPrefix = "parameter.";

// Liquibase itself takes many more; these are all that make sense where the pipeline makes the connection.
const knownKeys = ["changeLogFile", "contexts", "labelFilter"] as const;
type KnownKey = (typeof knownKeys)[number];
const aliases: Record<string, KnownKey> = { contextfilter: "contexts", labels: "labelFilter" };

const reasons: { pattern: RegExp; reason: string }[] = [
    { pattern: /password/i, reason: "the pipeline takes it from Secrets Manager; a password in Git is known to many" },
    {
        pattern: /^(reference)?(url|username|driver)$/i,
        reason: "the pipeline connects to the environment's own database",
    },
    { pattern: /^classpath$/i, reason: "put extra jars into lib/ beside it, or name them in pom.xml" },
    { pattern: /^searchpath$/i, reason: "the search path is the migrations directory" },
];

/** Reads a migrations directory; throws one error that names everything that is wrong. */
export function readMigrations(directory: string): Migrations {
    const properties = parseProperties(readPropertiesFile(directory));
    const problems: string[] = [];
    const values: Partial<Record<KnownKey, string>> = {};
    const parameters: Record<string, string> = {};
    for (const [key, value] of properties) {
        const known = knownKey(key);
        if (known) {
            values[known] = value;
        } else if (key.startsWith(parameterPrefix)) {
            parameters[key.slice(parameterPrefix.length)] = value;
        } else {
            problems.push(`${key}: ${reasonAgainst(key)}`);
        }
    }
    if (!values.changeLogFile) {
        problems.push(
            "changeLogFile is missing: the root changelog, relative to this directory (changeLogFile=changelog.yaml)",
        );
    }
    if (problems.length > 0) {
        throw new InputError(
            [`${path.join(directory, propertiesFile)}:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"),
        );
    }
    return {
        directory,
        changelogFile: values.changeLogFile ?? "",
        contexts: values.contexts || undefined,
        labelFilter: values.labelFilter || undefined,
        parameters,
        jars: filesIn(directory, "lib", ".jar"),
        checks: filesIn(directory, "verify", ".sql").flatMap((file) =>
            parseChecks(
                path.relative(directory, file),
                readable(file, () => fs.readFileSync(file, "utf8")),
            ),
        ),
    };
}

function readPropertiesFile(directory: string): string {
    const file = path.join(directory, propertiesFile);
    if (!fs.existsSync(directory)) {
        throw new InputError(
            `The migrations directory ${directory} does not exist. ${EnvironmentVariables.migrationsDirectory} names it, relative to the root of the source; is it committed?`,
        );
    }
    const names = readable(directory, () => fs.readdirSync(directory));
    refuseSpecialFiles(directory);
    if (names.includes(propertiesFile)) {
        return readable(file, () => fs.readFileSync(file, "utf8"));
    }
    throw new InputError(
        `${file} is missing. It needs at least one line that names the root changelog: changeLogFile=changelog.yaml`,
    );
}

function readable<T>(what: string, read: () => T): T {
    try {
        return read();
    } catch (error) {
        throw new InputError(
            `${what} cannot be read (${messageOf(error)}). Make it readable for the user of the build.`,
        );
    }
}

function knownKey(key: string): KnownKey | undefined {
    const plain = key
        .replace(/^liquibase\.(command\.)?/, "")
        .replaceAll("-", "")
        .toLowerCase();
    return knownKeys.find((known) => known.toLowerCase() === plain) ?? aliases[plain];
}

function reasonAgainst(key: string): string {
    const plain = key.replace(/^liquibase\.(command\.)?/, "").replaceAll("-", "");
    const refused = reasons.find(({ pattern }) => pattern.test(plain));
    if (refused) {
        return `remove it, ${refused.reason}`;
    }
    const nearest = closest(key, [...knownKeys]);
    const suggestion = distance(key, nearest) <= 3 ? `did you mean "${nearest}"? ` : "";
    return `unknown; ${suggestion}Allowed: ${knownKeys.join(", ")}, ${parameterPrefix}<name>`;
}

function filesIn(directory: string, folder: string, extension: string): string[] {
    const full = path.join(directory, folder);
    if (!fs.existsSync(full)) {
        return [];
    }
    return readable(full, () => fs.readdirSync(full))
        .filter((name) => name.endsWith(extension))
        .sort()
        .map((name) => path.join(full, name));
}
