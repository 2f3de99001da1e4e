import { fingerprintOf } from "../../scripts/delivery/engines/fingerprint";
import type { Plan, PlannedChange } from "../../scripts/delivery/plan/model";
import type { Rehearsal } from "../../scripts/delivery/safety/rehearsal/model";

// A plan with everything in it that the page shows, and names as long as people make them.

const file = "changesets/2031-orders/042-widen-total-and-index-the-customer-column-for-the-monthly-statement.sql";

const changes: PlannedChange[] = [
    {
        id: "042-widen-total",
        author: "mara",
        file,
        comment: "Totals of large customers no longer fit",
        runInTransaction: true,
        again: false,
        sql: ["ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 2);"],
        undo: ["ALTER TABLE orders ALTER COLUMN total TYPE integer;"],
    },
    {
        id: "043-index-customer",
        author: "mara",
        file,
        runInTransaction: false,
        again: false,
        sql: [
            "CREATE INDEX CONCURRENTLY orders_customer_identifier_created_at_status_index_for_the_monthly_statement ON orders (customer_id, created_at);",
        ],
        undo: ["DROP INDEX CONCURRENTLY orders_customer_identifier_created_at_status_index_for_the_monthly_statement;"],
    },
    {
        id: "044-names",
        author: "jo",
        file: "repeatable/names.sql",
        runInTransaction: true,
        again: true,
        sql: [
            "CREATE OR REPLACE VIEW names AS\nSELECT id,\n       '<script>document.title = \"broken\"</script>' AS markup,\n       '</code></pre>' AS ends\n  FROM customers;",
        ],
        undo: ["DROP VIEW names;"],
    },
    {
        id: "045-forget",
        author: "jo",
        file: "changesets/045.sql",
        comment: "Nobody needs them \u202e any more",
        runInTransaction: true,
        again: false,
        sql: ["DELETE FROM sessions WHERE seen < now() - interval '1 year';"],
        undoError: "Liquibase does not support automatic rollback generation for raw sql changes",
    },
];

export const fullPlan: Plan = {
    kind: "deploy",
    environment: "prod",
    releaseId: "release-3f9c2ab-71d0c4e5",
    sourceRevision: "3f9c2ab5d1c7e9f0a8b6c4d2e0f1a3b5c7d9e1f3",
    digest: "9b1f0c7d5e3a28460f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978",
    catalog: fingerprintOf([], 170000).digest,
    changes,
    warnings: [
        "changesets/045.sql::045-forget::jo cannot be undone: Liquibase does not support automatic rollback generation for raw sql changes",
        `${file}::043-index-customer::mara runs outside a transaction: if it fails, part of it may remain`,
    ],
    lint: {
        environment: "prod",
        changesets: 4,
        dismissals: [],
        findings: [
            {
                rule: "changing-column-type",
                level: "error",
                file,
                line: 4,
                changeset: `${file}::042-widen-total::mara`,
                what: "orders.total changes its type.",
                why: "PostgreSQL rewrites the table and keeps everybody out until it is done.",
                instead: "Add a column of the new type, fill it in batches, and let the application move over.",
            },
            {
                rule: "ban-drop-column",
                level: "warning",
                file: "repeatable/names.sql",
                line: 2,
                changeset: "repeatable/names.sql::044-names::jo",
                what: "A column goes.",
                why: "The application that runs now may still read it.",
                instead: "Drop it one release later.",
                waived: "Nothing has read it since March, see the query log",
            },
        ],
        lowered: [
            { rule: "prefer-identity", from: "warning", to: "off", file: "lint.yaml", key: "rules" },
            {
                rule: "changing-column-type",
                from: "error",
                to: "warning",
                asked: "off",
                file: "lint.yaml",
                key: "rules",
            },
            {
                rule: "ban-drop-column",
                from: "warning",
                to: "waived",
                file: "repeatable/names.sql",
                line: 2,
                changeset: "repeatable/names.sql::044-names::jo",
                reason: "Nothing has read it since March, see the query log",
            },
        ],
    },
    drift: {
        result: "Found",
        since: { releaseId: "release-77aa01c-00e1b2c3", at: "2031-03-04T05:06:07.000Z" },
        differences: [
            {
                change: "added",
                kind: "index",
                name: "public.orders_by_hand",
                after: "CREATE INDEX orders_by_hand ON public.orders USING btree (status)",
                of: "table public.orders",
            },
        ],
    },
    objections: [`the linter has 1 error: ${file}:4, changing-column-type: orders.total changes its type.`],
};

const lock = (milliseconds: number, atMost: number, mode: "AccessExclusiveLock" | "ShareUpdateExclusiveLock") => ({
    table: "public.orders",
    mode,
    milliseconds,
    atMost,
    existedBefore: true,
});
const figures = { rewrites: [], rows: [], waits: [], samples: 10 };

/** The fourth changeset took no lock that anybody would notice. */
export const rehearsed: Rehearsal = {
    status: "Failed",
    environment: "prod",
    releaseId: fullPlan.releaseId,
    digest: fullPlan.digest,
    startedAt: "2031-04-05T06:07:08.000Z",
    seconds: 44,
    lockBudgetMilliseconds: 500,
    changesets: [
        {
            id: "042-widen-total",
            author: "mara",
            file,
            status: "Applied",
            seconds: 2.05,
            figures: { ...figures, locks: [lock(2000, 2050, "AccessExclusiveLock")] },
            overBudget: ["public.orders: ACCESS EXCLUSIVE for 2,000 ms; the lock budget is 500 ms"],
        },
        {
            id: "043-index-customer",
            author: "mara",
            file,
            status: "Applied",
            seconds: 1.2,
            figures: { ...figures, locks: [lock(1000, 1200, "ShareUpdateExclusiveLock")] },
            overBudget: [],
        },
        {
            id: "044-names",
            author: "jo",
            file: "repeatable/names.sql",
            status: "AppliedAgain",
            seconds: 0.01,
            figures: { ...figures, locks: [lock(0, 8, "AccessExclusiveLock")] },
            overBudget: [],
        },
        {
            id: "045-forget",
            author: "jo",
            file: "changesets/045.sql",
            status: "Applied",
            seconds: 0.2,
            figures: { ...figures, locks: [] },
            overBudget: [],
        },
    ],
    checks: [],
    rollback: { result: "Impossible", differences: [], otherRows: [] },
    problems: ["public.orders: ACCESS EXCLUSIVE for 2,000 ms; the lock budget is 500 ms"],
    warnings: [],
};

/** What an approver should mostly see: two changes, nothing wrong. */
export const calmPlan: Plan = {
    ...fullPlan,
    changes: [{ ...changes[0]!, sql: ["ALTER TABLE orders ADD COLUMN note text;"] }],
    warnings: [],
    lint: { environment: "prod", changesets: 1, findings: [], dismissals: [], lowered: [] },
    drift: { result: "None", since: fullPlan.drift!.since, differences: [] },
    objections: [],
};

export const calmRehearsal: Rehearsal = {
    ...rehearsed,
    status: "Passed",
    changesets: [
        {
            ...rehearsed.changesets[0]!,
            seconds: 0.01,
            figures: { ...figures, locks: [lock(4, 30, "AccessExclusiveLock")] },
            overBudget: [],
        },
    ],
    rollback: { result: "Proven", differences: [], otherRows: [] },
    problems: [],
};
