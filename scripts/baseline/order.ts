import type { Client } from "pg";
import { messageOf } from "../delivery/errors";
import type { Statement } from "./generate";

/**
 * Runs the statements in the order in which they succeed: one that needs what another makes is tried again after it. A
 * catalog does not say what depends on what; a server does. Returns them in that order, and those that always fail.
 */
export async function runInOrder(
    client: Pick<Client, "query">,
    statements: Statement[],
): Promise<{ ordered: Statement[]; failed: (Statement & { reason: string })[] }> {
    const ordered: Statement[] = [];
    let waiting: (Statement & { reason: string })[] = statements.map((statement) => ({ ...statement, reason: "" }));
    for (let before = waiting.length + 1; waiting.length < before;) {
        before = waiting.length;
        const failed: typeof waiting = [];
        for (const { object, sql } of waiting) {
            try {
                await client.query(sql);
                ordered.push({ object, sql });
            } catch (error) {
                failed.push({ object, sql, reason: messageOf(error) });
            }
        }
        waiting = failed;
    }
    return { ordered, failed: waiting };
}
