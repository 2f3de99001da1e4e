import { options } from "../../../../components/options";
import type { Engine } from "../../engines/engine";
import type { Settings } from "../../settings";
import { toolchainClassPath } from "./javaProcess";
import type { Changelog } from "./properties";
import type { SessionOptions } from "./session";
import { tracking } from "./tracking";

/**
 * How long a dry run may compute, in seconds of the processor: what a changelog contains, above all a regular expression,
 * can keep Liquibase busy for ever. Measured: ten megabytes take ten seconds, of which this allows six minutes.
 */
export interface PlanBudget {
    seconds: number;
    /** In addition, for each megabyte of the files that Liquibase reads. */
    secondsPerMegabyte: number;
}

export const planBudget: PlanBudget = { seconds: 60, secondsPerMegabyte: 30 };

interface Parts {
    changelog: Changelog;
    engine: Engine;
    /** Path of the changelog that this program writes. */
    own: string;
    lockOwner: string | undefined;
    budget: PlanBudget;
}

/** What Liquibase's Java process is started with. */
export function sessionOptions(
    { toolchain, database, guards, releaseId, allowCode }: Settings,
    { changelog, engine, own, lockOwner, budget }: Parts,
): SessionOptions {
    return {
        classPath: [...toolchainClassPath(toolchain), ...(allowCode ? changelog.jars : [])],
        sources: { allowCode, own, jars: changelog.jars },
        directory: changelog.directory,
        properties: {
            // If a command takes Liquibase's lock itself, LOCKEDBY then shows its owner.
            "liquibase.hostDescription": releaseId,
            ...freshNames,
            "aurorapipeline.planSeconds": String(budget.seconds),
            "aurorapipeline.planSecondsPerMegabyte": String(budget.secondsPerMegabyte),
        },
        environment: {
            ...inherited(),
            LIQUIBASE_COMMAND_USERNAME: database.username,
            JDBC_DIALECT: dialectText(engine),
            ...(guards && {
                DEPLOYMENT_LOCK_OWNER: lockOwner,
                [options.lockTimeoutMilliseconds.variable]: String(guards.lockTimeoutMilliseconds),
                [options.statementTimeoutMilliseconds.variable]: String(guards.statementTimeoutMilliseconds),
            }),
        },
    };
}

/** Java caches name lookups for 30 s: longer than an Aurora endpoint refers to the old writer. */
const freshNames = { "sun.net.inetaddr.ttl": "1", "sun.net.inetaddr.negative.ttl": "1" };

/** As `Dialect.java` reads it: names and values alternate. */
export function dialectText({ jdbcDialect }: Pick<Engine, "jdbcDialect">): string {
    const confirmLock = withColumns(jdbcDialect.confirmLock, tracking.lock.holds);
    const entries = Object.entries<boolean | string | readonly string[]>({ ...jdbcDialect, confirmLock });
    const values = entries.flatMap(([name, value]) =>
        (typeof value === "object" ? value : [String(value)]).flatMap((one) => [name, one]),
    );
    return JSON.stringify(values);
}

/** A template with the names of the columns; Java fills in the table. */
function withColumns(template: string, columns: Record<string, string>): string {
    return Object.entries(columns).reduce((text, [content, name]) => text.replaceAll(`{${content}}`, name), template);
}

/** What Java needs from the build's environment; no LIQUIBASE_* setting is inherited. */
function inherited(): Record<string, string | undefined> {
    const names = ["PATH", "HOME", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "TMPDIR"];
    const values = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    // Java decodes the environment and file names by the locale's encoding.
    return { ...values, LC_ALL: "C.UTF-8" };
}
