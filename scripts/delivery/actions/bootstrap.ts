import type { Client } from "pg";
import { type Fingerprint, readFingerprint } from "../catalog";
import { count } from "../changesets";
import type { BootstrapSettings } from "../input/bootstrap";
import type { Outputs } from "../report/outputs";
import { carryOverBaseline } from "../users/baseline";
import { noteBootstrap } from "../users/completion";
import { admittedState, establish } from "../users/establish";
import { namesOf, type Users } from "../users/model";
import { notes } from "../users/notes";
import { setPassword } from "../users/passwords";
import { homeOf } from "../users/path";
import { prove } from "../users/prove";
import { connectAsAdministrator, connectAsOwner } from "../users/session";
import { stepsTo } from "../users/steps";
import { mendTracking } from "../users/tracking/mend";

type Log = (line: string) => void;

/**
 * The action `bootstrap`, the only one that connects as the administrator: makes the users whom all others connect as, and
 * puts them right if somebody changed them. It changes what differs, says what that was, and needs no Liquibase. What
 * concerns the tables that the owner has it does as the migrator: see docs/security.md.
 */
export async function bootstrap(settings: BootstrapSettings, outputs: Outputs, log: Log): Promise<void> {
    try {
        await putRight(settings, outputs, log);
    } catch (error) {
        // The plan beside it need not wait any longer. Why it failed is in the error, also where that cannot be noted.
        await noteEnd(settings, "failed").catch(() => undefined);
        throw error;
    }
    await noteEnd(settings, "succeeded");
}

/** For the plan of the same execution, which waits for it. */
async function noteEnd(settings: BootstrapSettings, result: "succeeded" | "failed"): Promise<void> {
    if (settings.executionId === undefined) {
        return;
    }
    const client = await connectAsAdministrator(settings);
    try {
        await noteBootstrap(client, settings.executionId, result);
    } finally {
        await client.end();
    }
}

async function putRight(settings: BootstrapSettings, outputs: Outputs, log: Log): Promise<void> {
    const { owner, migrator, planner, environmentName } = settings;
    const users = usersOf(settings);
    const administrated = await administrate(settings, users);
    const owned = await putTablesRight(settings, administrated, log);
    const done = [...administrated.done, ...owned.done];
    done.forEach((line) => log(`  ${line}`));
    const left = [...administrated.left, ...owned.left];
    left.forEach((line) => log(`  For a person to decide: ${line}`));
    await prove(settings, administrated.schema);
    const roles = `${owner}, ${migrator.name} and ${planner.name}`;
    const open = left.length === 0 ? "" : `; ${count(left.length, "point")} above left for a person to decide`;
    log(
        done.length + left.length === 0
            ? `The users of ${environmentName} are as they should be (${roles}): nothing to do.`
            : `The users of ${environmentName} are ready (${roles}): ${count(done.length, "change")}${open}.`,
    );
    outputs.report([{ name: "users", cases: namesOf(users).map((name) => ({ name, file: "database", seconds: 0 })) }]);
}

interface Administrated {
    done: string[];
    left: string[];
    /** Where the tracking tables are. */
    schema: string;
    /** The catalog before and after; absent where nothing was to be done. */
    catalogs?: { before: Fingerprint; after: Fingerprint };
}

/** What only the administrator can do. */
async function administrate(settings: BootstrapSettings, users: Users): Promise<Administrated> {
    const client = await connectAsAdministrator(settings);
    try {
        const found = await admittedState(client, users);
        const needed = stepsTo(users, found).length > 0;
        const { done, catalogs }: Changed = needed ? await change(client, users) : { done: [] };
        for (const user of [settings.migrator, settings.planner]) {
            done.push(...(await setPassword(client, settings, user)));
        }
        const state = needed ? await admittedState(client, users) : found;
        return { done, left: notes(users, state), schema: homeOf(state).name, catalogs };
    } finally {
        await client.end();
    }
}

type Changed = Pick<Administrated, "done" | "catalogs">;

async function change(client: Client, users: Users): Promise<Changed> {
    const before = await readFingerprint(client);
    const done = await establish(client, users);
    return { done, catalogs: { before, after: await readFingerprint(client) } };
}

/** What the owner does in its own tables. */
async function putTablesRight(
    settings: BootstrapSettings,
    { schema, catalogs }: Administrated,
    log: Log,
): Promise<{ done: string[]; left: string[] }> {
    const client = await connectAsOwner(settings);
    try {
        const { owner, planner } = settings;
        const mended = await mendTracking(client, { schema, owner, planner: planner.name });
        if (catalogs !== undefined) {
            await carryOverBaseline(client, schema, catalogs.before, catalogs.after, log);
        }
        return mended;
    } finally {
        await client.end();
    }
}

function usersOf({ owner, migrator, planner }: BootstrapSettings): Users {
    return {
        owner,
        migrator: { name: migrator.name, iam: migrator.iam },
        planner: { name: planner.name, iam: planner.iam },
    };
}
