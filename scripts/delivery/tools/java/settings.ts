import { options } from "../../../../components/options";
import type { Engine } from "../../engines/engine";
import type { Settings } from "../../settings";
import type { LockTable } from "../../tracking";

/** Java caches name lookups for 30 s: longer than an Aurora endpoint refers to the old writer. */
export const freshNames = { "sun.net.inetaddr.ttl": "1", "sun.net.inetaddr.negative.ttl": "1" };

/** What Java needs from the build's environment; no setting of a tool is inherited. */
export function inherited(): Record<string, string | undefined> {
    const names = ["PATH", "HOME", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "TMPDIR"];
    const values = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    // Java decodes the environment and file names by the locale's encoding.
    return { ...values, LC_ALL: "C.UTF-8" };
}

/** As `Dialect.java` reads it: names and values alternate. */
export function dialectText({ jdbcDialect }: Pick<Engine, "jdbcDialect">, { holds }: Pick<LockTable, "holds">): string {
    const confirmLock = withColumns(jdbcDialect.confirmLock, holds);
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

/** The variables of a guarded session: the lock that it must hold, and the limits of its statements. */
export function guardVariables({ guards }: Pick<Settings, "guards">, lockOwner: string | undefined) {
    return (
        guards && {
            DEPLOYMENT_LOCK_OWNER: lockOwner,
            [options.lockTimeoutMilliseconds.variable]: String(guards.lockTimeoutMilliseconds),
            [options.statementTimeoutMilliseconds.variable]: String(guards.statementTimeoutMilliseconds),
        }
    );
}
