import type { Client } from "pg";
import { readFingerprint } from "../catalog/read";
import type { Fingerprint } from "../../fingerprint";
import type { MadeUsers } from "../../users";
import type { BootstrapSettings } from "../../../settings";
import { trackingNames, type TrackingTables, uncountedTables } from "../../../tracking";
import { carryOverBaseline } from "./baseline";
import { type Granting, grantSteps, waitingGrants } from "./declared/grants";
import { formerRoles } from "./declared/steps";
import { foreignObjects } from "./declared/takeOver";
import { admittedState, establish, inTransaction, untilSettled } from "./establish";
import { namesOf, nothingDeclared, type Users } from "./model";
import { notes } from "./notes";
import { setPassword } from "./passwords";
import { homeOf } from "./path";
import { prove } from "./prove";
import { connectAsAdministrator, connectAsOwner } from "./session";
import { stepsTo } from "./steps";
import { letPlannerReadKept } from "./tracking/kept";
import { mendTracking } from "./tracking/mend";

type Log = (line: string) => void;

/**
 * Creates the users as the administrator. What concerns the owner's tables is done as the migrator: see
 * docs/security.md.
 */
export async function makeUsers(settings: BootstrapSettings, tracking: TrackingTables, log: Log): Promise<MadeUsers> {
    const users = usersOf(settings, tracking);
    const administrated = await administrate(settings, users);
    const owned = await putTablesRight(settings, tracking, administrated, log);
    return {
        names: [...namesOf(users), ...[...settings.groups, ...settings.applications].map(({ name }) => name)],
        done: [...administrated.done, ...owned.done],
        left: [...administrated.left, ...owned.left],
        found: administrated.found,
        prove: () => prove(settings, tracking, administrated.schema),
    };
}

interface Administrated {
    done: string[];
    left: string[];
    /** What is someone else's and stays as it is. */
    found: string[];
    /** The schema of the tracking tables. */
    schema: string;
    /** Roles of an earlier config that could not be dropped. */
    former: string[];
    /** The catalog before and after; absent if nothing had to be done. */
    catalogs?: { before: Fingerprint; after: Fingerprint };
}

/** What only the administrator can do. */
async function administrate(settings: BootstrapSettings, users: Users): Promise<Administrated> {
    const client = await connectAsAdministrator(settings);
    try {
        const found = await admittedState(client, users);
        const needed = stepsTo(users, found).length > 0;
        const { done, left, catalogs }: Changed = needed ? await change(client, users) : { done: [], left: [] };
        for (const user of [settings.migrator, settings.planner, ...settings.applications]) {
            done.push(...(await setPassword(client, settings, user)));
        }
        const state = needed ? await admittedState(client, users) : found;
        const former = formerRoles(users.declared ?? nothingDeclared, state).map(({ name }) => name);
        const foreign = foreignObjects(users, state);
        return {
            done,
            left: [...notes(users, state), ...left],
            found: foreign,
            schema: homeOf(state).name,
            former,
            catalogs,
        };
    } finally {
        await client.end();
    }
}

type Changed = Pick<Administrated, "done" | "left" | "catalogs">;

async function change(client: Client, users: Users): Promise<Changed> {
    const options = { trackingTables: uncountedTables(users.tracking) };
    const before = await readFingerprint(client, options);
    const established = await establish(client, users);
    return { ...established, catalogs: { before, after: await readFingerprint(client, options) } };
}

/** What the owner does in its own tables. */
async function putTablesRight(
    settings: BootstrapSettings,
    tracking: TrackingTables,
    { schema, former, catalogs }: Administrated,
    log: Log,
): Promise<{ done: string[]; left: string[] }> {
    const client = await connectAsOwner(settings);
    try {
        const { owner, planner, groups, applications } = settings;
        const readers = { schema, owner, planner: planner.name, tracking };
        const mended = await mendTracking(client, readers);
        const kept = await letPlannerReadKept(client, readers);
        if (catalogs !== undefined) {
            await carryOverBaseline(client, schema, catalogs.before, catalogs.after, log);
        }
        const roles = [...groups, ...applications, ...former.map((name) => ({ name, grants: [] }))];
        const granting = { home: schema, owner, tracking: trackingNames(tracking), roles };
        const granted = roles.length === 0 ? [] : await grant(client, granting, tracking, log);
        return { done: [...mended.done, ...kept, ...granted], left: mended.left };
    } finally {
        await client.end();
    }
}

/** Gives the declared roles their privileges on the owner's objects; returns what it did. */
async function grant(client: Client, granting: Granting, tracking: TrackingTables, log: Log): Promise<string[]> {
    const steps = await grantSteps(client, granting);
    if (steps.length > 0) {
        const options = { trackingTables: uncountedTables(tracking) };
        const before = await readFingerprint(client, options);
        await untilSettled(() =>
            inTransaction(client, async () => {
                for (const { sql } of await grantSteps(client, granting)) {
                    await client.query(sql);
                }
            }),
        );
        await carryOverBaseline(client, granting.home, before, await readFingerprint(client, options), log);
    }
    (await waitingGrants(client, granting)).forEach((line) => log(`  Later: ${line}`));
    return steps.flatMap(({ says }) => says ?? []);
}

function usersOf(settings: BootstrapSettings, tracking: TrackingTables): Users {
    const { owner, migrator, planner, extensions, groups, applications, takeOverFrom } = settings;
    return {
        tracking,
        owner,
        migrator: { name: migrator.name, iam: migrator.iam },
        planner: { name: planner.name, iam: planner.iam },
        declared: { extensions, groups, applications, takeOverFrom },
    };
}
