import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { ConnectionSettings } from "../../database";
import type { BootstrapResult, EndedBootstrap } from "../../users";
import { connect } from "../connection/connection";
import { codeOf } from "../errors";
import { messageOf } from "../../../errors";
import { postgresErrors } from "../ownErrors";

// A plan runs in parallel with the bootstrap of its execution, and logs in as a user that the bootstrap may still be
// creating. The plan waits for the bootstrap to end: otherwise it would use half-made users, a catalog whose owners are
// changing, and settings left on its role. How each bootstrap ended is stored in the comment of a role: an
// administrator who is not a superuser can write it, everybody can read it, and no migration can forge it, because
// commenting on a role requires CREATEROLE. The role has no other purpose: it cannot log in, and it owns nothing.

/** The number of executions that are remembered: a retried plan finds its own even with others in between. */
const remembered = 20;
/** The user does not exist yet, has another password, or may not connect: the bootstrap fixes that. */
const mends = /^(28...|42501)$/;

const prefix = "aurora-pipeline: bootstraps, the newest first:";

type Client = Pick<ClientBase, "query">;

/** Records how the bootstrap of an execution ended. The client is the administrator's. */
export async function noteBootstrap(client: Client, executionId: string, result: BootstrapResult): Promise<void> {
    await client.query("BEGIN");
    try {
        await client.query("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aurora-pipeline: users'))");
        const { role, comment, now } = await read(client);
        if (comment === undefined) {
            await client.query(`CREATE ROLE ${escapeIdentifier(role)} NOLOGIN`);
        } else if (!comment?.startsWith(prefix)) {
            throw new postgresErrors.BootstrapRoleTaken({ role });
        }
        const others = (comment ?? "")
            .slice(prefix.length)
            .split(" ")
            .filter((entry) => entry !== "" && !entry.startsWith(`${executionId}=`));
        const entries = [`${executionId}=${result}@${now}`, ...others].slice(0, remembered);
        const text = escapeLiteral([prefix, ...entries].join(" "));
        await client.query(`COMMENT ON ROLE ${escapeIdentifier(role)} IS ${text}`);
        await client.query("COMMIT");
    } catch (error) {
        await client.query("ROLLBACK");
        throw error;
    }
}

/** Uses a new session each time, because changes to a role take effect at the next login. */
export async function endedBootstraps(
    settings: ConnectionSettings,
): Promise<{ ended: EndedBootstrap[]; refusal?: string }> {
    try {
        const client = await connect(settings, settings.releaseId);
        try {
            const { comment, now } = await read(client);
            return { ended: parse(comment ?? "", now) };
        } finally {
            await client.end();
        }
    } catch (error) {
        if (!mends.test(codeOf(error))) {
            throw error;
        }
        return { ended: [], refusal: messageOf(error) };
    }
}

function parse(comment: string, now: number): EndedBootstrap[] {
    return [...comment.matchAll(/(\S+)=(succeeded|failed)@(\d+)/g)].map(([, executionId, result, at]) => ({
        executionId: executionId!,
        result: result as BootstrapResult,
        age: now - Number(at),
    }));
}

interface Note {
    /** Name of the role that carries the comment, on this server and for this database. */
    role: string;
    /** Null if it has none, undefined if there is no such role. */
    comment: string | null | undefined;
    /** The server's time, in seconds. */
    now: number;
}

async function read(client: Client): Promise<Note> {
    // Everything is qualified: a migration may have left a search path, with functions of the same names in it.
    const { rows } = await client.query<{ role: string; found: boolean; comment: string | null; now: number }>(
        `SELECT wanted.name AS role, role.oid IS NOT NULL AS found,
                pg_catalog.shobj_description(role.oid, 'pg_authid') AS comment,
                pg_catalog.floor(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()))::pg_catalog.int4 AS now
           FROM (SELECT pg_catalog.concat('aurora_pipeline_bootstrap_', oid) AS name FROM pg_catalog.pg_database
                  WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) wanted
           LEFT JOIN pg_catalog.pg_roles role
             ON role.rolname OPERATOR(pg_catalog.=) wanted.name::pg_catalog.name`,
    );
    const { role, found, comment, now } = rows[0]!;
    return { role, comment: found ? comment : undefined, now };
}
