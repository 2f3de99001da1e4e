import { escapeIdentifier as quoted } from "pg";
import { lockKey, lockTable } from "../../database/tracking";
import type { Step } from "../model";
import { columnSteps } from "./columns";
import type { Alter, Readers, TrackingState } from "./model";

/** Whether something with this name is a table that rows can be written to. A partitioned one has no place of its own. */
export function isTable({ kind }: Pick<TrackingState, "kind">): boolean {
    return kind === "r";
}

/** What makes a table one that takes every row again, and runs nothing of a migration's for it. Only what differs. */
export function structureSteps({ schema }: Pick<Readers, "schema">, table: TrackingState): Step[] {
    const name = `${quoted(schema)}.${quoted(table.name)}`;
    const alter: Alter = (what, says) => ({
        sql: `ALTER TABLE ${name} ${what}`,
        says: `${says} of the table ${table.name}`,
    });
    return [
        // First what hangs on other tables: the rest is refused as long as it does.
        ...familySteps(name, table, alter),
        ...publicationSteps(name, table, alter),
        ...(table.logged ? [] : [alter("SET LOGGED", "made the rows crash-safe")]),
        ...(table.rowSecurity ? [alter("DISABLE ROW LEVEL SECURITY", "disabled the row-level security")] : []),
        ...(table.forced ? [alter("NO FORCE ROW LEVEL SECURITY", "no longer forced the row-level security")] : []),
        ...table.triggers.map((trigger) =>
            alter(`DISABLE TRIGGER ${quoted(trigger)}`, `disabled the trigger ${trigger}`),
        ),
        ...table.rules.map((rule) => alter(`DISABLE RULE ${quoted(rule)}`, `disabled the rule ${rule}`)),
        ...table.referencedBy.map(({ table: other, constraint }) => ({
            sql: `ALTER TABLE ${other} DROP CONSTRAINT ${quoted(constraint)}`,
            says: `dropped the foreign key ${constraint} of ${other}, which refers to the table ${table.name}`,
        })),
        ...table.constraints
            .filter((constraint) => !isLockKey(table, constraint))
            .map(({ name: constraint }) =>
                alter(`DROP CONSTRAINT ${quoted(constraint)}`, `dropped the constraint ${constraint}`),
            ),
        ...table.indexes.map((index) => ({
            sql: `DROP INDEX ${quoted(schema)}.${quoted(index)}`,
            says: `dropped the index ${index} of the table ${table.name}`,
        })),
        ...columnSteps(table, alter),
    ];
}

/** The lock's key, which only holds once its rows are right. The server names it: another relation may have the name. */
export function keySteps({ schema }: Pick<Readers, "schema">, table: TrackingState): Step[] {
    const missing = table.name === lockTable && !table.constraints.some((constraint) => isLockKey(table, constraint));
    return missing
        ? [
              {
                  sql: `ALTER TABLE ${quoted(schema)}.${quoted(table.name)} ADD ${lockKey.definition}`,
                  says: `added the primary key of the table ${table.name}`,
              },
          ]
        : [];
}

/** By what it says: one that is deferrable, or of other columns, has the same name. */
function isLockKey({ name }: TrackingState, { definition }: { definition: string }): boolean {
    return name === lockTable && definition === lockKey.definition;
}

/** A child's rows show in its parent, a partition takes only rows of its bounds, a typed table keeps its type's columns. */
function familySteps(name: string, table: TrackingState, alter: Alter): Step[] {
    return [
        ...table.parents.map(({ name: parent, partition }) => ({
            sql: partition
                ? `ALTER TABLE ${parent} DETACH PARTITION ${name}`
                : `ALTER TABLE ${name} NO INHERIT ${parent}`,
            says: `took the table ${table.name} out of ${parent}`,
        })),
        ...table.children.map((child) => ({
            sql: `ALTER TABLE ${child} NO INHERIT ${name}`,
            says: `took ${child}, whose rows showed in it, out of the table ${table.name}`,
        })),
        ...(table.typed ? [alter("NOT OF", "dropped the type")] : []),
    ];
}

/**
 * A published table refuses UPDATE and DELETE unless its replica identity tells its rows apart, and is whole in the
 * publication: https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY
 */
function publicationSteps(name: string, table: TrackingState, alter: Alter): Step[] {
    // By default rows are told apart by the primary key, which only the lock has.
    const hasKey = table.constraints.some((constraint) => isLockKey(table, constraint));
    const tells = table.replicaIdentity === "f" || (table.replicaIdentity === "d" && (hasKey || !table.published));
    return [
        ...table.partlyPublished.map((publication) => ({
            sql: `ALTER PUBLICATION ${quoted(publication)} DROP TABLE ${name}`,
            says: `took the table ${table.name} out of the publication ${publication}, which sends only some of its columns`,
        })),
        ...(tells ? [] : [alter("REPLICA IDENTITY FULL", "put the replica identity right")]),
    ];
}
