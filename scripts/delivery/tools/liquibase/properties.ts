import type { SchemaAdvice } from "../../engines/engine";
import { parseProperties, type Property } from "../propertiesFile";
import { printable, reasonAgainst as reasonOf, type RefusedSetting } from "../refusedSettings";
import { tracking } from "./tracking";

/** The contents of `liquibase.properties`. */
export interface LiquibaseProperties {
    /** The root changelog; empty if the file names none. */
    changelogFile: string;
    contexts?: string;
    labelFilter?: string;
    parameters: Record<string, string>;
}

/** A changelog and its location. */
export interface Changelog extends LiquibaseProperties {
    /** Liquibase's search path. */
    directory: string;
    /** `lib/*.jar`: drivers, extensions, changelogs published as jars. */
    jars: string[];
}

export const parameterPrefix = "parameter.";

// Liquibase itself accepts many more; only these make sense when the pipeline makes the connection.
const allowedKeys = ["changeLogFile", "contexts", "labelFilter"] as const;
type AllowedKey = (typeof allowedKeys)[number];
const aliases: Record<string, AllowedKey> = { contextfilter: "contexts", labels: "labelFilter" };
const allowed = `Allowed: ${allowedKeys.join(", ")}, ${parameterPrefix}<name>`;

const refused: RefusedSetting[] = [
    { pattern: /password/i, reason: "the pipeline takes it from Secrets Manager, and a password must not be in Git" },
    {
        pattern: /^(reference)?(url|username|driver)$/i,
        reason: "the pipeline connects to the environment's own database",
    },
    { pattern: /^classpath$/i, reason: "put extra jars into lib/ beside it, or declare them in pom.xml" },
    { pattern: /^searchpath$/i, reason: "the search path is the migrations directory" },
    {
        pattern: /^(defaultSchemaName|outputDefaultSchema|includeSchemaInOutput)$/i,
        reason: ({ unqualified, choose }) =>
            `unqualified names resolve in ${unqualified}: ${choose}; or qualify names in the changelog`,
    },
    {
        pattern: /^(liquibaseSchemaName|databaseChangeLogTableName|databaseChangeLogLockTableName)$/i,
        reason: ({ unqualified, move }) =>
            `the history is in ${tracking.history.name}, in ${unqualified}. An existing history is kept if it is moved there, as its owner: ${move(tracking.history.name)} (docs/adopting.md)`,
    },
    {
        pattern: /^(liquibaseCatalogName|defaultCatalogName)$/i,
        reason: "the stack's config sets it (databaseName)",
    },
    { pattern: /^(logLevel|logFile|logFormat|showBanner)$/i, reason: "the pipeline writes the build's log itself" },
    {
        pattern:
            /^(liquibaseTablespaceName|preserveSchemaCase|strict|duplicateFileMode|hubMode|liquibaseProLicenseKey|liquibaseLicenseKey|outputFile)$/i,
        reason: "the pipeline sets it, or does not use it",
    },
];
const names = { keys: allowedKeys, refused, allowed };

/**
 * Prefixes that a parameter's name must not have. Liquibase, the JVM and libraries read settings with these names
 * wherever they are defined (Liquibase's configuration, Java's `System.getProperties`); `database.` and
 * `LIQUIBASE_EXECUTION_` are parameters that Liquibase sets itself.
 */
const reserved = [
    ...["liquibase", "database.", "java.", "javax.", "jdk.", "sun.", "com.sun."],
    ...["user.", "file.", "path.", "line.", "os.", "native.", "stdout.", "stderr.", "stdin.", "awt."],
    ...["http.", "https.", "ftp.", "socksproxy", "networkaddress.", "ssl."],
    ...["log4j", "logback", "slf4j", "pgjdbc.", "org.slf4j.", "org.apache.", "org.postgresql.", "org.xml."],
];
const parameterName = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** Reads `liquibase.properties` against an allow-list; reports everything wrong with it. */
export function readLiquibaseProperties(
    text: string,
    schemas: SchemaAdvice,
): { properties: LiquibaseProperties; problems: string[] } {
    const problems: string[] = [];
    const values: Partial<Record<AllowedKey, string>> = {};
    const parameters = new Map<string, string>();
    for (const property of parseProperties(text)) {
        const { key, value } = property;
        const known = allowedKey(key);
        const problem = known ? undefined : problemOf(property, schemas);
        if (problem !== undefined) {
            problems.push(`line ${property.line}, ${printable(key)}: ${problem}`);
        } else if (known) {
            values[known] = value;
        } else {
            parameters.set(key.slice(parameterPrefix.length), value);
        }
    }
    if (!values.changeLogFile) {
        problems.push(
            "changeLogFile is missing: the root changelog, relative to this directory (changeLogFile=changelog.yaml)",
        );
    }
    return {
        properties: {
            changelogFile: values.changeLogFile ?? "",
            contexts: values.contexts || undefined,
            labelFilter: values.labelFilter || undefined,
            parameters: Object.fromEntries(parameters),
        },
        problems,
    };
}

function problemOf({ key }: Property, schemas: SchemaAdvice): string | undefined {
    return key.startsWith(parameterPrefix)
        ? problemOfParameter(key.slice(parameterPrefix.length))
        : reasonAgainst(key, schemas);
}

function problemOfParameter(name: string): string | undefined {
    if (!parameterName.test(name)) {
        return "a parameter's name has letters, digits, and ._- between them, and begins with a letter";
    }
    const lower = name.toLowerCase();
    const prefix = reserved.find((one) => lower.startsWith(one));
    return prefix === undefined
        ? undefined
        : `names that begin with "${prefix}" are settings of Liquibase, Java or a library, not parameters; choose another name, also in the changelog`;
}

function allowedKey(key: string): AllowedKey | undefined {
    const plain = key
        .replace(/^liquibase\.(command\.)?/, "")
        .replaceAll("-", "")
        .toLowerCase();
    return allowedKeys.find((known) => known.toLowerCase() === plain) ?? aliases[plain];
}

function reasonAgainst(key: string, schemas: SchemaAdvice): string {
    return reasonOf(key.replace(/^liquibase\.(command\.)?/, "").replaceAll("-", ""), schemas, names);
}
