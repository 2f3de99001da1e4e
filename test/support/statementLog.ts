import { readFileSync } from "node:fs";
import type { ThrowawayServer } from "../../scripts/check/throwaway";

/** A statement that a client sent, as the server's log has it. */
export interface Logged {
    process: string;
    user: string;
    application: string;
    sql: string;
}

/** What the server logs from now on: every statement of every session, with who sent it. */
export class StatementLog {
    private since = 0;

    private constructor(private readonly file: string) {}

    static async start(server: ThrowawayServer): Promise<StatementLog> {
        const client = await server.administrate();
        await client.query("ALTER SYSTEM SET log_statement = 'all'");
        await client.query("ALTER SYSTEM SET log_line_prefix = '%p user=%u app=%a| '");
        await client.query("SELECT pg_reload_conf()");
        await client.end();
        const log = new StatementLog(server.server.log);
        log.begin();
        return log;
    }

    /** Forgets what was logged before. */
    begin(): void {
        this.since = readFileSync(this.file, "utf8").length;
    }

    text(): string {
        return readFileSync(this.file, "utf8").slice(this.since);
    }

    /** In the order of the log. What functions run inside is not in it. */
    statementsOf(user: string): Logged[] {
        // A message's further lines begin with a tab.
        const messages = this.text().split(/\n(?!\t)/);
        return messages.flatMap((message) => {
            const found =
                /^(\d+) user=(\S*) app=(.*?)\| LOG: {2}(?:statement|execute (?:<unnamed>|aurora-pipeline: [\w ]+)): ([\s\S]*)$/.exec(
                    message,
                ) ?? [];
            const [, process, by, application, sql] = found;
            return by === user
                ? [
                      {
                          process: process!,
                          user: by,
                          application: application!,
                          sql: sql!.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ").trim(),
                      },
                  ]
                : [];
        });
    }
}

/** Words that may precede a parenthesis and are not functions. */
const keywords = new Set(
    "all and any operator using array as case coalesce cross distinct else exists filter from group in is join lateral lists not on or over select then union values when where with by end except entries".split(
        " ",
    ),
);

/** Relations, functions and types in a query without a schema. Operators have none anywhere. */
export function unqualifiedNames(sql: string): string[] {
    const code = sql.replaceAll(/'(?:[^']|'')*'/g, "''");
    const ownTables = new Set(
        [...code.matchAll(/(?:WITH|,)\s+(\w+) AS (?:MATERIALIZED )?\(/g)].map(([, name]) => name),
    );
    const aliases = new Set([...code.matchAll(/\)\s+(?:AS\s+)?(\w+)\s*\(/g)].map(([, name]) => name));
    const calls = [...code.matchAll(/(?<![\w.$"])([a-z_]\w*)\s*\(/gi)]
        .map(([, name]) => name!)
        .filter((name) => !keywords.has(name.toLowerCase()) && !ownTables.has(name) && !aliases.has(name));
    const relations = [...code.matchAll(/\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?([a-z_"][\w"]*)(?![\w".(])/gi)]
        .map(([, name]) => name!)
        .filter((name) => !ownTables.has(name) && !keywords.has(name.toLowerCase()));
    const types = [...code.matchAll(/::\s*([a-z_"][\w"]*)(?![\w".])/gi)].map(([, name]) => name!);
    return [...calls.map((name) => `${name}()`), ...relations, ...types.map((name) => `::${name}`)];
}
