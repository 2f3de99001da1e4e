import type { SchemaAdvice } from "../../engines/engine";
import { parseProperties } from "../propertiesFile";
import { printable, reasonAgainst, type RefusedSetting } from "../refusedSettings";
import { type Entry, parseToml } from "./toml";
import { schemaHistory } from "./tracking";

/** The contents of `flyway.toml` and `flyway.conf`, as far as they are for the pipeline. */
export interface FlywaySettings {
    /** Folders with scripts, relative to the migrations directory; undefined if the files name none. */
    locations?: string[];
    /** Flyway's other settings by their names, without `flyway.`. */
    values: Partial<Record<AllowedKey, string>>;
    placeholders: Record<string, string>;
}

const allowedKeys = [
    ...(["locations", "encoding", "outOfOrder", "ignoreMigrationPatterns", "validateMigrationNaming"] as const),
    ...(["baselineOnMigrate", "baselineVersion", "baselineDescription", "mixed", "executeInTransaction"] as const),
    ...(["sqlMigrationPrefix", "repeatableSqlMigrationPrefix", "baselineMigrationPrefix"] as const),
    ...(["undoSqlMigrationPrefix", "sqlMigrationSeparator", "sqlMigrationSuffixes"] as const),
    ...(["placeholderReplacement", "placeholderPrefix", "placeholderSuffix", "placeholderSeparator"] as const),
];
type AllowedKey = (typeof allowedKeys)[number];

const placeholderPrefix = "placeholders.";
const allowed = `Allowed: ${allowedKeys.join(", ")}, ${placeholderPrefix}<name>`;

/** Of a project's description, for other programs. */
const ignored = /^(id|name|databaseType)$|^(flywayDesktop|redgateCompare|redgateCompat)\./i;

const refused: RefusedSetting[] = [
    {
        pattern: /password|token|secret/i,
        reason: "the pipeline takes it from Secrets Manager, and it must not be in Git",
    },
    {
        pattern:
            /^(environments\..*|environment|url|user|driver|connectRetries.*|jdbcProperties\..*|kerberosConfigFile)$/i,
        reason: "the pipeline connects to the environment's own database",
    },
    {
        pattern: /^(schemas|defaultSchema|createSchemas)$/i,
        reason: ({ unqualified, choose }) =>
            `unqualified names resolve in ${unqualified}: ${choose}; or qualify names in the scripts`,
    },
    {
        pattern: /^(table|tablespace)$/i,
        reason: ({ unqualified, move }) =>
            `the history is in ${schemaHistory}, in ${unqualified}. An existing history is kept if it is moved there, as its owner: ${move(schemaHistory)}`,
    },
    {
        pattern: /^(callbacks|resolvers|jarDirs|loggers|plugins\..*|skipDefault.*|powershellExecutable)$/i,
        reason: "it runs code from the repository; scripts and callbacks are SQL",
    },
    { pattern: /^callbackLocations$/i, reason: "callbacks lie in the locations, beside the scripts" },
    { pattern: /^initSql$/i, reason: "it runs before anything was approved; write a callback beforeMigrate.sql" },
    { pattern: /^(clean.*)$/i, reason: "the pipeline never cleans a database" },
    {
        pattern: /^(target|cherryPick)$/i,
        reason: "every pending script runs; keep those that should wait on a branch",
    },
    {
        pattern: /^(group|batch|stream)$/i,
        reason: "each script runs in a transaction of its own, statement by statement, as it was approved",
    },
    { pattern: /^validateOnMigrate$/i, reason: "the pipeline always validates" },
    { pattern: /^(installedBy|lockRetryCount|postgresql\..*|mysql\..*)$/i, reason: "the pipeline sets it" },
    {
        pattern:
            /^(licenseKey|dryRunOutput|errorOverrides|report.*|output.*|check\..*|detectEncoding|failOnMissingLocations|skipExecutingMigrations|communityDBSupportEnabled|configFile.*|configurations|vault\..*|scriptPlaceholder.*)$/i,
        reason: "the pipeline does not use it",
    },
];
const names = { keys: allowedKeys, refused, allowed };

/** Reads the files against an allow-list; reports everything wrong with them. */
export function readFlywaySettings(
    { toml, conf }: { toml?: string; conf?: string },
    schemas: SchemaAdvice,
): { settings: FlywaySettings; problems: string[] } {
    const settings: FlywaySettings = { values: {}, placeholders: {} };
    const read = toml === undefined ? { entries: [], problems: [] } : parseToml(toml);
    const problems = read.problems.map((problem) => `flyway.toml, ${problem}`);
    const take = (file: string, entries: Entry[]) => {
        for (const entry of entries) {
            const problem = takeEntry(entry, settings, schemas);
            if (problem !== undefined)
                problems.push(`${file}, line ${entry.line}, ${printable(entry.key)}: ${problem}`);
        }
    };
    take("flyway.toml", read.entries);
    take("flyway.conf", conf === undefined ? [] : parseProperties(conf));
    return { settings, problems };
}

function takeEntry({ key, value }: Entry, settings: FlywaySettings, schemas: SchemaAdvice): string | undefined {
    const plain = key.replace(/^flyway\./, "");
    if (ignored.test(plain)) {
        return undefined;
    }
    if (/\$\{/.test(value) && !/^placeholder(Prefix|Suffix)$/.test(plain)) {
        return "variables of the machine are not replaced; write the value";
    }
    if (plain.startsWith(placeholderPrefix)) {
        settings.placeholders[plain.slice(placeholderPrefix.length)] = value;
        return undefined;
    }
    const known = allowedKeys.find((one) => one === plain);
    if (known === undefined) {
        return reasonAgainst(plain, schemas, names);
    }
    if (known === "locations") {
        const locations = value.split(",").map((one) => one.trim());
        settings.locations = locations.map((one) => one.replace(/^filesystem:/, ""));
        return locations.map(problemOfLocation).find((problem) => problem !== undefined);
    }
    settings.values[known] = value;
    return undefined;
}

function problemOfLocation(location: string): string | undefined {
    const folder = location.replace(/^filesystem:/, "");
    if (/^[a-z0-9]+:/i.test(folder)) {
        return `${location} is not in the repository; allowed: filesystem:<folder of the migrations directory>`;
    }
    return folder.startsWith("/") || /(^|\/)\.\.(\/|$)/.test(folder) || /[*?]/.test(folder)
        ? `${location} is outside the migrations directory, or no single folder; allowed: filesystem:<folder of the migrations directory>`
        : undefined;
}
