import { Context } from "../context";
import { InternalError, messageOf, sessionErrors } from "../errors";
import { type LockSession, serverPatienceMillis } from "../engines/session";

/** How long the server takes to notice that a client is gone, plus a margin. */
export const statementPatienceMillis = 6_000;

/** Does the work in a persistent session and always releases the lock. */
export async function guarded<T>(context: Context, work: (lockSession: LockSession) => Promise<T>): Promise<T> {
    const { settings, engine, tool, session, log } = context;
    const { guards } = settings;
    if (guards === undefined || session.lockOwner === undefined) {
        throw new InternalError(`The action ${settings.action} is not guarded`);
    }
    const lockSession = await engine.openSession(settings, tool.tracking, {
        owner: session.lockOwner,
        patience: {
            waitMillis: guards.deploymentWaitSeconds * 1000,
            graceMillis: guards.takeoverGraceSeconds * 1000,
        },
        log,
        onGone: (why) => session.abort(why),
    });
    try {
        return await work(lockSession);
    } finally {
        await release(lockSession, log);
        await lockSession.close();
    }
}

/**
 * Waits for the server, then makes sure that this deployment still holds the lock and that nothing it started over a
 * lost connection is still running there.
 */
export function settle(session: LockSession): Promise<void> {
    const { lock } = session;
    return session.steadily(serverPatienceMillis, async () => {
        await lock.confirm();
        if (!(await lock.alone(statementPatienceMillis))) {
            throw new sessionErrors.StatementStillRuns({});
        }
    });
}

/** Work before the first change: if the server is lost, nothing was applied, and the error says so. */
export async function beforeChanges<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        const { ServerGone } = sessionErrors;
        throw error instanceof ServerGone
            ? new ServerGone(error.facts, { cause: error, exit: "refused" }).append(["This run has applied nothing."])
            : error;
    }
}

async function release(session: LockSession, log: Context["log"]): Promise<void> {
    const { lock } = session;
    if (!lock.isHeld) return;
    try {
        await session.back(statementPatienceMillis);
        await lock.release(statementPatienceMillis);
    } catch (error) {
        log(`The lock could not be released (${messageOf(error)}); the next run releases it.`);
    }
}
