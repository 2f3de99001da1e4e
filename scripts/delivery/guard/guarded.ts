import { Context } from "../context";
import { messageOf } from "../errors";
import { Keeper } from "./keeper";
import { DeploymentLock } from "./lock";

/** What a deployment or a rollback works under. */
export interface Guarded {
    keeper: Keeper;
    lock: DeploymentLock;
}

/** How long a server may be away before a deployment gives up on it: an Aurora failover takes less. */
export const serverPatienceMillis = 60_000;
/** How long the server takes to notice that a client is gone, and some more. */
export const statementPatienceMillis = 6_000;

/** Does the work in a session that stays, and gives the lock back whatever comes of it. */
export async function guarded<T>(context: Context, work: (guard: Guarded) => Promise<T>): Promise<T> {
    const { settings, liquibase, log } = context;
    const { guards } = settings;
    if (guards === undefined || liquibase.lockOwner === undefined) {
        throw new Error(`The action ${settings.action} is not guarded`);
    }
    const keeper = await Keeper.open(settings);
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

async function release({ keeper, lock }: Guarded, log: Context["log"]): Promise<void> {
    if (!lock.isHeld) return;
    try {
        await keeper.back(statementPatienceMillis);
        await lock.release(statementPatienceMillis);
    } catch (error) {
        log(`The lock could not be released (${messageOf(error)}); the next run releases it.`);
    }
}
