import { setTimeout as sleep } from "node:timers/promises";
import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { Context } from "../context";
import { connect } from "../database/database";
import { DeliveryError, InputError, messageOf } from "../errors";

// A plan runs beside the bootstrap of its execution, and logs in as a user that the bootstrap may only be creating. It
// begins when the bootstrap has ended: not before, or it would plan with half-made users, on a catalog whose owners are
// just changing, by settings that somebody left on its role. How each bootstrap ended is in the comment of a role, for
// that is what an administrator who is no superuser can write, everybody can read, and no migration can forge: to comment
// on a role takes CREATEROLE. The role exists for nothing else: nobody logs in as it, and it owns nothing.

/** How many executions are remembered: a plan that is tried again finds its own, with others in between. */
const remembered = 20;
const pollMillis = 1000;
/** How often a plan that waits says so. */
const reminderMillis = 30_000;
/** A failure that was noted longer before the plan began is that of an earlier attempt. */
const recentSeconds = 90;
/** The user is not there yet, has another password, or may not connect: the bootstrap puts that right. */
const mends = /^(28...|42501)$/;

const prefix = "aurora-pipeline: bootstraps, the newest first:";

type Result = "succeeded" | "failed";
type Client = Pick<ClientBase, "query">;

interface Ended {
    executionId: string;
    result: Result;
    /** Seconds ago, by the server's clock. */
    age: number;
}

/** Notes how the bootstrap of an execution ended. The client is the administrator's. */
export async function noteBootstrap(client: Client, executionId: string, result: Result): Promise<void> {
    await client.query("BEGIN");
    try {
        await client.query("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aurora-pipeline: users'))");
        const { role, comment, now } = await read(client);
        if (comment === undefined) {
            await client.query(`CREATE ROLE ${escapeIdentifier(role)} NOLOGIN`);
        } else if (!comment?.startsWith(prefix)) {
            throw new InputError(
                `The role ${role} is not the pipeline's: it lacks the comment that the pipeline writes. Rename it: ALTER ROLE ${role} RENAME TO …`,
            );
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

/** Waits until the bootstrap of this execution has ended, where it runs beside the plan; fails if that failed. */
export async function waitForBootstrap({ settings, log, signal }: Context): Promise<void> {
    const { bootstrapWaitSeconds, executionId } = settings;
    if (bootstrapWaitSeconds === undefined) {
        return;
    }
    const started = Date.now();
    let reminded = 0;
    for (;;) {
        const { ended, refusal } = await look(settings);
        const own = ended.find((candidate) => candidate.executionId === executionId);
        const waited = (Date.now() - started) / 1000;
        if (own?.result === "succeeded") {
            if (reminded > 0) log(`The bootstrap has ended after ${waited.toFixed(1)} s.`);
            return;
        }
        if (own !== undefined && own.age < waited + recentSeconds) {
            throw new DeliveryError(
                "The bootstrap of this execution failed, so nothing was planned. The log of the action Bootstrap says why; put that right, and retry the stage.",
            );
        }
        if (waited >= bootstrapWaitSeconds) {
            throw new InputError(
                [
                    `The bootstrap of this execution has not ended within ${bootstrapWaitSeconds} s, so nothing was planned.`,
                    ...(refusal === undefined ? [] : [refusal]),
                    "The log of the action Bootstrap says what it waits for, or why it failed; then retry the stage.",
                ].join("\n"),
            );
        }
        if (Date.now() - reminded >= reminderMillis) {
            reminded = Date.now();
            log(`Waiting for the bootstrap of this execution, at most ${bootstrapWaitSeconds} s.`);
        }
        await sleep(pollMillis, undefined, { signal }).catch(() => {
            throw new DeliveryError("Stopped while it waited for the bootstrap; nothing was planned.");
        });
    }
}

/** A session of its own each time: what the bootstrap changes of a role holds from the next login on. */
async function look(settings: Context["settings"]): Promise<{ ended: Ended[]; refusal?: string }> {
    try {
        const client = await connect(settings, settings.releaseId);
        try {
            const { comment, now } = await read(client);
            return { ended: parse(comment ?? "", now) };
        } finally {
            await client.end();
        }
    } catch (error) {
        const { code = "" } = ((error as Error).cause ?? error) as { code?: string };
        if (!mends.test(code)) {
            throw error;
        }
        return { ended: [], refusal: messageOf(error) };
    }
}

function parse(comment: string, now: number): Ended[] {
    return [...comment.matchAll(/(\S+)=(succeeded|failed)@(\d+)/g)].map(([, executionId, result, at]) => ({
        executionId: executionId!,
        result: result as Result,
        age: now - Number(at),
    }));
}

interface Note {
    /** Name of the role that carries the comment, in this server and for this database. */
    role: string;
    /** Null without one, undefined where there is no such role. */
    comment: string | null | undefined;
    /** The server's time, in seconds. */
    now: number;
}

async function read(client: Client): Promise<Note> {
    // All names in full: a migration may have left a search path, and functions of the same names in it.
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
