import { databaseErrors } from "../../../../scripts/delivery/errors";
import type { Database } from "../../../../scripts/delivery/engines/database";
import type { Engine } from "../../../../scripts/delivery/engines/engine";
import type { Fingerprint, RecordedCatalog } from "../../../../scripts/delivery/engines/fingerprint";

/** What the fake engine's one database holds. */
export interface FakeDatabase {
    catalog: Fingerprint;
    recorded?: RecordedCatalog;
    locked?: boolean;
    /** What the server answers instead of what was recorded. */
    failure?: Error;
}

/** An engine of the tests' own, which promises little: it shows that the program asks nothing of PostgreSQL. */
export function fakeEngine(state: FakeDatabase): Engine {
    const notAsked = (what: string) => () => {
        throw new Error(`Nobody asks the fake engine for ${what}`);
    };
    const database: Database = {
        history: () => Promise.resolve([]),
        otherHistories: () => Promise.resolve([]),
        fingerprint: () => Promise.resolve(state.catalog),
        content: () => Promise.resolve([]),
        lastCatalog: () => (state.failure ? Promise.reject(state.failure) : Promise.resolve(state.recorded)),
        historyBefore: () => Promise.resolve([]),
        catalogBefore: () => Promise.resolve(undefined),
        isLocked: () => Promise.resolve(state.locked ?? false),
        deploying: () => Promise.resolve(state.locked ? "release-other" : undefined),
        blockers: () => Promise.resolve([]),
        schema: () => Promise.resolve("main"),
        read: () => Promise.resolve([[true]]),
    };
    return {
        label: "FakeSQL",
        majorVersion: (server) => server,
        capabilities: {
            transactionalDdl: false,
            lockSampling: "None",
            lockModes: { exclusive: "X", names: { X: "EXCLUSIVE" } },
            buildUsers: false,
            statementTimeout: "Queries",
            interruptedChanges: "Named",
            statementEstimate: true,
            scripts: false,
            copies: [],
        },
        ownErrors: {},
        schemas: {
            unqualified: "the only schema",
            choose: "there is no other",
            move: (name) => `rename it to ${name}`,
        },
        errors: {
            kindOf: ({ code }) => (code === "denied" ? "PermissionDenied" : undefined),
            isTransient: () => false,
            reportsLoss: () => false,
            refusedLogin: () => undefined,
            lockViews: "the view locks",
            connectionError: (error, { name: database, host, port, username: user }) =>
                new databaseErrors.ConnectionFailed({ database, host, port, user, reason: String(error) }),
        },
        sql: {
            count: (texts) => Promise.resolve(texts.length),
            split: () => Promise.resolve(undefined),
            prepare: () => Promise.resolve(),
        },
        linter: {
            rules: () => ({}),
            unstorable: /\0/,
            begin: () =>
                Promise.resolve({
                    judge: (subjects) =>
                        Promise.resolve(
                            subjects.map(() => ({
                                form: [],
                                content: [],
                                dismissals: [],
                                withoutEchoes: (complaints) => complaints,
                            })),
                        ),
                }),
        },
        undo: {
            earlierDrops: () => Promise.resolve([]),
            lossesIn: () => Promise.resolve([]),
            onlyDefines: () => Promise.resolve(false),
        },
        users: { make: notAsked("users"), noteEnd: notAsked("users"), ended: notAsked("users") },
        copies: { template: notAsked("copies"), openClone: notAsked("copies") },
        withDatabase: (_settings, _tracking, work) => work(database),
        openSession: notAsked("a session"),
        watchLocks: notAsked("locks"),
        lookout: notAsked("a lookout"),
        openScripts: notAsked("scripts"),
        clientVariables: notAsked("variables"),
        jdbcConnection: notAsked("a connection"),
        jdbcDialect: {
            readerQuery: "",
            ...{ transactionalDdl: false, driverClass: [], numberedErrors: false, numberedParameters: false },
            ...{ canceled: [], limit: [], statementLimitQuery: "", statementLimit: "", confirmLock: "", sameText: "" },
            harmlessFunction: [],
        },
    };
}
