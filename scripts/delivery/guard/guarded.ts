import { Context } from "../context";
import { DeliveryError, InputError, messageOf } from "../errors";
import { Keeper, ServerGone, serverPatienceMillis } from "./keeper";
import { DeploymentLock } from "./lock";

/** What a deployment or a rollback works under. */
export interface Guarded {
    keeper: Keeper;
    lock: DeploymentLock;
}

/** How long the server takes to notice that a client is gone, and some more. */
export const statementPatienceMillis = 6_000;

/** Does the work in a session that stays, and gives the lock back whatever comes of it. */
export async function guarded<T>(context: Context, work: (guard: Guarded) => Promise<T>): Promise<T> {
    const { settings, liquibase, log } = context;
    const { guards } = settings;
    if (guards === undefined || liquibase.lockOwner === undefined) {
        throw new Error(`The action ${settings.action} is not guarded`);
    }
    const keeper = await Keeper.open(settings, (why) => liquibase.abort(why));
    const patience = {
        waitMillis: guards.deploymentWaitSeconds * 1000,
        graceMillis: guards.takeoverGraceSeconds * 1000,
    };
    const lock = new DeploymentLock(keeper, liquibase.lockOwner, patience, log);
    try {
        return await work({ keeper, lock });
    } finally {
        await release({ keeper, lock }, log);
        await keeper.close();
    }
}

/**
 * Waits for the server, makes sure that the lock is still this deployment's, and that nothing that was begun over a lost
 * connection still runs there.
 */
export function settle({ keeper, lock }: Guarded): Promise<void> {
    return keeper.steadily(serverPatienceMillis, async () => {
        await lock.confirm();
        if (!(await lock.alone(statementPatienceMillis))) {
            throw new DeliveryError("a statement of this deployment still runs in the server");
        }
    });
}

/** Work before the first change: if the server is gone, nothing was applied, and the error says so. */
export async function beforeChanges<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw error instanceof ServerGone
            ? new InputError(`${error.message}\nThis run has applied nothing. Start it again.`, { cause: error })
            : error;
    }
}

async function release({ keeper, lock }: Guarded, log: Context["log"]): Promise<void> {
    if (!lock.isHeld) return;
    try {
        await keeper.back(statementPatienceMillis);
        await lock.release(statementPatienceMillis);
    } catch (error) {
        log(`The lock could not be released (${messageOf(error)}); the next run releases it.`);
    }
}
