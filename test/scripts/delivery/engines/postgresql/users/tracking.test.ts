import * as assert from "node:assert/strict";
import { liquibase } from "../../../../../../scripts/delivery/tools/liquibase";
import { wantedTables } from "../../../../../../scripts/delivery/engines/postgresql/tracking";
import type {
    ColumnState,
    TrackingState,
} from "../../../../../../scripts/delivery/engines/postgresql/users/tracking/model";
import {
    rowSteps,
    shapeSteps,
    trackingNotes,
} from "../../../../../../scripts/delivery/engines/postgresql/users/tracking/steps";

const { tracking } = liquibase;
const trackingTables = wantedTables(tracking).map(({ name }) => name);
const readers = { tracking, schema: "public", owner: "app_owner", planner: "app_planner" };
const all = ["DELETE", "INSERT", "SELECT", "UPDATE"];

/** A table as it should be. */
function settled(name: string, change: Partial<TrackingState> = {}): TrackingState {
    const wanted = wantedTables(tracking).find((table) => table.name === name)!;
    return {
        name,
        wanted,
        kind: "r",
        logged: true,
        typed: false,
        rowSecurity: false,
        forced: false,
        replicaIdentity: "d",
        published: false,
        partlyPublished: [],
        parents: [],
        children: [],
        referencedBy: [],
        triggers: [],
        rules: [],
        constraints: name === "databasechangeloglock" ? [{ name: "key", definition: "PRIMARY KEY (id)" }] : [],
        indexes: [],
        columns: wanted.columns.map(({ name: column, type, notNull = false, default: expression = null }, index) => ({
            name: column,
            position: index + 1,
            type,
            builtIn: true,
            collated: false,
            notNull,
            expression,
            generated: "",
            identity: false,
        })),
        ownerMay: all,
        publicMay: [],
        plannerMay: ["SELECT"],
        ...change,
    };
}

/** The statements where one table is different, in their order. */
function statements(name: string, change: Partial<TrackingState>): string[] {
    const tables = trackingTables.map((table) => settled(table, table === name ? change : {}));
    return [...shapeSteps(readers, tables), ...rowSteps(readers, tables)].map(({ sql }) => sql);
}

/** The history's columns with one of them changed. */
function columns(name: string, change: Partial<ColumnState>): ColumnState[] {
    return settled("databasechangelog").columns.map((column) =>
        column.name === name ? { ...column, ...change } : column,
    );
}

describe("the repair of the tracking tables", () => {
    const history = 'ALTER TABLE "public"."databasechangelog"';

    it("is nothing if they are correct", () => {
        assert.deepEqual(statements("", {}), []);
        assert.deepEqual(
            trackingNotes(
                readers,
                trackingTables.map((name) => settled(name)),
            ),
            [],
        );
        const wider = columns("description", { type: "text" });
        assert.deepEqual(statements("databasechangelog", { columns: wider }), []);
    });

    const changes: [Partial<TrackingState>, string[]][] = [
        [{ logged: false }, [`${history} SET LOGGED`]],
        [{ typed: true }, [`${history} NOT OF`]],
        [{ replicaIdentity: "n" }, [`${history} REPLICA IDENTITY FULL`]],
        [{ published: true }, [`${history} REPLICA IDENTITY FULL`]],
        [{ published: true, replicaIdentity: "f" }, []],
        [{ partlyPublished: ["p"] }, ['ALTER PUBLICATION "p" DROP TABLE "public"."databasechangelog"']],
        [
            { parents: [{ name: "public.a", partition: true }] },
            ['ALTER TABLE public.a DETACH PARTITION "public"."databasechangelog"'],
        ],
        [{ parents: [{ name: "public.a", partition: false }] }, [`${history} NO INHERIT public.a`]],
        [{ children: ["public.a"] }, ['ALTER TABLE public.a NO INHERIT "public"."databasechangelog"']],
        [{ referencedBy: [{ table: "public.a", constraint: "k" }] }, ['ALTER TABLE public.a DROP CONSTRAINT "k"']],
        [
            { columns: columns("orderexecuted", { identity: true }) },
            [`${history} ALTER COLUMN orderexecuted DROP IDENTITY`],
        ],
        [
            { columns: columns("liquibase", { generated: "s", expression: "'x'" }) },
            [`${history} ALTER COLUMN liquibase DROP EXPRESSION`],
        ],
        [
            { columns: columns("orderexecuted", { type: "text", expression: "'1'" }) },
            [
                `${history} ALTER COLUMN orderexecuted DROP DEFAULT`,
                `${history} ALTER COLUMN orderexecuted TYPE integer USING orderexecuted::text::integer`,
            ],
        ],
        [
            { columns: columns("id", { type: "character varying(20)" }) },
            [`${history} ALTER COLUMN id TYPE character varying(255) USING id::text`],
        ],
        [
            { columns: columns("author", { collated: true }) },
            [`${history} ALTER COLUMN author TYPE character varying(255) USING author::text`],
        ],
        [{ columns: columns("id", { name: "ident" }) }, [`${history} RENAME COLUMN "ident" TO id`]],
        [
            { columns: [...columns("", {}), { ...columns("", {})[0]!, name: "ID", position: 15, notNull: false }] },
            [`${history} DROP COLUMN "ID"`],
        ],
        [{ columns: columns("exectype", { notNull: false }) }, [`${history} ALTER COLUMN exectype SET NOT NULL`]],
    ];
    for (const [change, expected] of changes) {
        it(`is: ${expected.join("; ") || "nothing"}`, () => {
            assert.deepEqual(statements("databasechangelog", change), expected);
        });
    }

    it("includes the key of the lock, whatever has its name", () => {
        const lock = 'ALTER TABLE "public"."databasechangeloglock"';
        for (const definition of ["PRIMARY KEY (locked)", "PRIMARY KEY (id) DEFERRABLE", "CHECK (false)"]) {
            const constraints = [{ name: "databasechangeloglock_pkey", definition }];
            assert.deepEqual(statements("databasechangeloglock", { constraints }), [
                `${lock} DROP CONSTRAINT "databasechangeloglock_pkey"`,
                `${lock} ADD PRIMARY KEY (id)`,
            ]);
        }
    });

    it("is left to a person if the history is affected, or if it is not a table", () => {
        const lost = settled("databasechangelog", { columns: columns("", {}).filter(({ name }) => name !== "id") });
        assert.deepEqual(statements("databasechangelog", lost), []);
        assert.match(trackingNotes(readers, [lost])[0]!, /: ALTER TABLE .* ADD COLUMN id character varying\(255\)$/);
        for (const [kind, drop] of [
            ["i", "INDEX"],
            ["S", "SEQUENCE"],
            ["p", "TABLE"],
            ["v", "VIEW"],
        ] as const) {
            assert.match(
                trackingNotes(readers, [settled("databasechangelog", { kind })])[0]!,
                new RegExp(`: DROP ${drop} "public"\\."databasechangelog"$`),
            );
        }
    });
});
