import type { Engine } from "../../engines/engine";
import { tracking } from "./tracking";

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
