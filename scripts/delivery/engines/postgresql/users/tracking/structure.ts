import { escapeIdentifier as quoted } from "pg";
import { inSchema } from "../../connection/searchPath";
import type { Step } from "../model";
import { columnSteps } from "./columns";
import type { Alter, Readers, TrackingState } from "./model";

/** Whether it is a table that rows can be written to. A partitioned table stores no rows itself. */
export function isTable({ kind }: Pick<TrackingState, "kind">): boolean {
    return kind === "r";
}

/** Restores a table that accepts every row and runs none of a migration's code. Only what differs. */
export function structureSteps({ schema }: Pick<Readers, "schema">, table: TrackingState): Step[] {
    const name = inSchema(schema, table.name);
    const alter: Alter = (what, says) => ({
        sql: `ALTER TABLE ${name} ${what}`,
        says: `${says} of the table ${table.name}`,
    });
    return [
        // First the links to other tables: while they exist, the rest is refused.
        ...familySteps(name, table, alter),
        ...publicationSteps(name, table, alter),
        ...(table.logged ? [] : [alter("SET LOGGED", "made the rows crash-safe")]),
        ...(table.rowSecurity ? [alter("DISABLE ROW LEVEL SECURITY", "disabled the row-level security")] : []),
        ...(table.forced ? [alter("NO FORCE ROW LEVEL SECURITY", "stopped forcing row-level security")] : []),
        ...table.triggers.map((trigger) =>
            alter(`DISABLE TRIGGER ${quoted(trigger)}`, `disabled the trigger ${trigger}`),
        ),
        ...table.rules.map((rule) => alter(`DISABLE RULE ${quoted(rule)}`, `disabled the rule ${rule}`)),
        ...table.referencedBy.map(({ table: other, constraint }) => ({
            sql: `ALTER TABLE ${other} DROP CONSTRAINT ${quoted(constraint)}`,
            says: `dropped the foreign key ${constraint} of ${other}, which refers to the table ${table.name}`,
        })),
        ...table.constraints
            .filter((constraint) => !isKey(table, constraint))
            .map(({ name: constraint }) =>
                alter(`DROP CONSTRAINT ${quoted(constraint)}`, `dropped the constraint ${constraint}`),
            ),
        ...table.indexes.map((index) => ({
            sql: `DROP INDEX ${inSchema(schema, index)}`,
            says: `dropped the index ${index} of the table ${table.name}`,
        })),
        ...columnSteps(table, alter),
    ];
}

/**
 * The lock's key, which only holds once its rows are correct. The server names it, because another relation may have
 * the name.
 */
export function keySteps({ schema }: Pick<Readers, "schema">, table: TrackingState): Step[] {
    const { key } = table.wanted;
    return key !== undefined && !table.constraints.some((constraint) => isKey(table, constraint))
        ? [
              {
                  sql: `ALTER TABLE ${inSchema(schema, table.name)} ADD ${key}`,
                  says: `added the primary key of the table ${table.name}`,
              },
          ]
        : [];
}

/** Compares the definition: a deferrable key, or one on other columns, has the same name. */
function isKey({ wanted }: TrackingState, { definition }: { definition: string }): boolean {
    return definition === wanted.key;
}

/**
 * A child's rows appear in its parent, a partition accepts only rows within its bounds, a typed table keeps its type's
 * columns.
 */
function familySteps(name: string, table: TrackingState, alter: Alter): Step[] {
    return [
        ...table.parents.map(({ name: parent, partition }) => ({
            sql: partition
                ? `ALTER TABLE ${parent} DETACH PARTITION ${name}`
                : `ALTER TABLE ${name} NO INHERIT ${parent}`,
            says: `detached the table ${table.name} from ${parent}`,
        })),
        ...table.children.map((child) => ({
            sql: `ALTER TABLE ${child} NO INHERIT ${name}`,
            says: `detached ${child}, whose rows appeared in it, from the table ${table.name}`,
        })),
        ...(table.typed ? [alter("NOT OF", "dropped the type")] : []),
    ];
}

/**
 * A published table refuses UPDATE and DELETE unless its replica identity identifies its rows and is fully published:
 * https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY
 */
function publicationSteps(name: string, table: TrackingState, alter: Alter): Step[] {
    // By default the primary key identifies rows, and only the lock's table has one.
    const hasKey = table.constraints.some((constraint) => isKey(table, constraint));
    const tells = table.replicaIdentity === "f" || (table.replicaIdentity === "d" && (hasKey || !table.published));
    return [
        ...table.partlyPublished.map((publication) => ({
            sql: `ALTER PUBLICATION ${quoted(publication)} DROP TABLE ${name}`,
            says: `removed the table ${table.name} from the publication ${publication}, which publishes only some of its columns`,
        })),
        ...(tells ? [] : [alter("REPLICA IDENTITY FULL", "repaired the replica identity")]),
    ];
}
