import type { Node } from "@pgsql/types";

/** What PostgreSQL refuses in a transaction block about the statement, as a person would call it. */
export function refusedInTransaction(node: Node): string | undefined {
    if ("IndexStmt" in node) {
        return node.IndexStmt.concurrent ? "CONCURRENTLY" : undefined;
    }
    if ("DropStmt" in node) {
        return node.DropStmt.concurrent ? "CONCURRENTLY" : undefined;
    }
    if ("ReindexStmt" in node) {
        const { kind = "", params = [] } = node.ReindexStmt;
        if (["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"].includes(kind)) {
            return "REINDEX of more than one table";
        }
        return params.some((option) => "DefElem" in option && option.DefElem.defname === "concurrently")
            ? "CONCURRENTLY"
            : undefined;
    }
    if ("AlterTableStmt" in node) {
        const detaches = (node.AlterTableStmt.cmds ?? []).some(
            (cmd) =>
                "AlterTableCmd" in cmd &&
                cmd.AlterTableCmd.def !== undefined &&
                "PartitionCmd" in cmd.AlterTableCmd.def &&
                cmd.AlterTableCmd.def.PartitionCmd.concurrent,
        );
        return detaches ? "DETACH PARTITION CONCURRENTLY" : undefined;
    }
    if ("ClusterStmt" in node) {
        return node.ClusterStmt.relation ? undefined : "CLUSTER of every table";
    }
    if ("VacuumStmt" in node) {
        return node.VacuumStmt.is_vacuumcmd ? "VACUUM" : undefined;
    }
    if ("AlterDatabaseStmt" in node) {
        const moves = (node.AlterDatabaseStmt.options ?? []).some(
            (option) => "DefElem" in option && option.DefElem.defname === "tablespace",
        );
        return moves ? "ALTER DATABASE … SET TABLESPACE" : undefined;
    }
    return Object.keys(node).flatMap((kind) => always[kind] ?? [])[0];
}

const always: Record<string, string> = {
    CreatedbStmt: "CREATE DATABASE",
    DropdbStmt: "DROP DATABASE",
    CreateTableSpaceStmt: "CREATE TABLESPACE",
    DropTableSpaceStmt: "DROP TABLESPACE",
    AlterSystemStmt: "ALTER SYSTEM",
    CreateSubscriptionStmt: "a subscription with a replication slot",
    DropSubscriptionStmt: "a subscription with a replication slot",
};
