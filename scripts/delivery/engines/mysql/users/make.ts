import { type Connection, escape, type RowDataPacket } from "mysql2/promise";
import { databaseErrors, messageOf } from "../../../errors";
import type { BootstrapSettings, BootstrapUser } from "../../../settings";
import { type TrackingTables, uncountedTables } from "../../../tracking";
import { carryOver, type Fingerprint, incomparable } from "../../fingerprint";
import type { MadeUsers } from "../../users";
import { readFingerprint } from "../catalog/read";
import { lastCatalog, recordCatalog } from "../catalog/recorded";
import { Errno, errnoOf, errors } from "../errors";
import { mysqlErrors } from "../ownErrors";
import { versions } from "../versions";
import { account } from "./names";
import { partsOf, type State, type Step, type Users } from "./model";
import { notes } from "./notes";
import { prove } from "./prove";
import { readState } from "./read";
import { refusals } from "./refusals";
import { connectAs, connectAsAdministrator } from "./session";
import { accountNamed, stepsTo } from "./steps";

type Log = (line: string) => void;

/** What one round makes visible, the next one puts right. */
const mostRounds = 3;
const lockSeconds = 60;

/** Creates the accounts as the administrator. What concerns the catalog's record is done as the migrator. */
export async function makeUsers(settings: BootstrapSettings, tracking: TrackingTables, log: Log): Promise<MadeUsers> {
    const users = usersOf(settings, tracking);
    const { done, state, catalogs } = await administrate(settings, users);
    if (catalogs !== undefined) await carryOverBaseline(settings, catalogs, log);
    return {
        names: Object.values(partsOf(users)),
        done,
        left: notes(users, state),
        found: [],
        prove: () => prove(settings, users),
    };
}

function usersOf({ database, owner, migrator, planner }: BootstrapSettings, tracking: TrackingTables): Users {
    return {
        database: database.name,
        tracking,
        owner,
        migrator: { name: migrator.name, iam: migrator.iam },
        planner: { name: planner.name, iam: planner.iam },
    };
}

interface Administrated {
    done: string[];
    state: State;
    /** The catalog before and after; absent if nothing had to be done. */
    catalogs?: Catalogs;
}

interface Catalogs {
    before: Fingerprint;
    after: Fingerprint;
}

async function administrate(settings: BootstrapSettings, users: Users): Promise<Administrated> {
    const connection = await connectAsAdministrator(settings);
    try {
        await oneAtATime(connection);
        const options = { trackingTables: uncountedTables(users.tracking) };
        let state = await admittedState(connection, users);
        let catalogs: Catalogs | undefined;
        const done: string[] = [];
        if (stepsTo(users, state).length > 0) {
            const before = await readFingerprint(connection, options);
            done.push(...(await inRounds(connection, users, state)));
            state = await admittedState(connection, users);
            catalogs = { before, after: await readFingerprint(connection, options) };
        }
        for (const user of [settings.migrator, settings.planner]) {
            done.push(...(await setPassword(connection, settings, user, state)));
        }
        return { done, state, catalogs };
    } finally {
        await connection.end();
    }
}

/** Concurrent bootstraps run one after the other; the lock ends with the session. */
async function oneAtATime(connection: Connection): Promise<void> {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT GET_LOCK('aurora-pipeline: users', ?) AS got", [
        lockSeconds,
    ]);
    if (rows[0]?.["got"] !== 1) {
        throw new mysqlErrors.UsersIncomplete({
            step: "wait for another bootstrap",
            reason: `it has not ended within ${lockSeconds} s`,
        });
    }
}

async function admittedState(connection: Connection, users: Users): Promise<State> {
    const state = await readState(connection, users);
    const problems = refusals(users, state);
    if (problems.length > 0) throw new databaseErrors.UsersRefused({ problems });
    return state;
}

async function inRounds(connection: Connection, users: Users, first: State): Promise<string[]> {
    const said: string[] = [];
    let state = first;
    for (let round = 1; ; round++) {
        const steps = stepsTo(users, state);
        if (steps.length === 0) return said;
        if (round > mostRounds) {
            throw new databaseErrors.UsersUnsettled({ rounds: mostRounds, steps: steps.map(whatOf) });
        }
        for (const step of steps) {
            await run(connection, step);
            if (step.says !== undefined && !said.includes(step.says)) said.push(step.says);
        }
        state = await admittedState(connection, users);
    }
}

async function run(connection: Connection, step: Step): Promise<void> {
    try {
        await connection.query(step.sql);
    } catch (error) {
        // A lost connection says nothing about the step.
        throw errors.isTransient(error)
            ? error
            : new mysqlErrors.UsersIncomplete({ step: whatOf(step), reason: messageOf(error) }, { cause: error });
    }
}

function whatOf({ sql, says }: Step): string {
    const text = sql.length > 300 ? `${sql.slice(0, 300)}…` : sql;
    return says === undefined ? text : `${text} (${says})`;
}

/**
 * Sets the user's password from its secret, but only if the server rejects what the secret has: a rotation in progress must
 * not be undone. The server's logs show `<secret>` in its place.
 */
async function setPassword(
    connection: Connection,
    settings: BootstrapSettings,
    user: BootstrapUser,
    state: State,
): Promise<string[]> {
    const { name, iam, credential } = user;
    const expired = accountNamed(name, state)?.passwordExpired ?? false;
    if (iam || (!expired && (await isAccepted(settings, user)))) return [];
    const password = await credential.password(settings.database);
    await connection.query(`ALTER USER ${account(name)} IDENTIFIED BY ${escape(password)}`);
    return [`set the password of ${name} to that of its secret`];
}

async function isAccepted(settings: BootstrapSettings, user: BootstrapUser): Promise<boolean> {
    try {
        await (await connectAs(settings, user)).end();
        return true;
    } catch (error) {
        if (errnoOf(error) === Errno.accessDenied) return false;
        throw error;
    }
}

/** Applies the bootstrap's own changes to the catalog that the last deployment recorded, so that they are not drift. */
async function carryOverBaseline(settings: BootstrapSettings, { before, after }: Catalogs, log: Log): Promise<void> {
    try {
        const connection = await connectAs(settings, settings.migrator);
        try {
            const last = await lastCatalog(connection);
            if (last === undefined || incomparable(last.catalog, after, versions) !== undefined) return;
            const record = { releaseId: last.releaseId, action: "bootstrap", digest: "" } as const;
            await recordCatalog(connection, record, carryOver(last.catalog, before, after));
        } finally {
            await connection.end();
        }
    } catch (error) {
        log(`Warning: the catalog is not recorded, these changes will be reported as drift: ${messageOf(error)}`);
    }
}
