import type { Node, VariableSetStmt } from "@pgsql/types";
import type { Effect, Setting } from "./effect";

/** What a statement does to settings or to the transaction. */
export function describeSetting(node: Node): Effect | undefined {
    if ("VariableSetStmt" in node) {
        return setting(node.VariableSetStmt, "session");
    }
    if ("AlterRoleSetStmt" in node) {
        return lasting(node.AlterRoleSetStmt.setstmt, "ALTER ROLE … ");
    }
    if ("AlterDatabaseSetStmt" in node) {
        return lasting(node.AlterDatabaseSetStmt.setstmt, "ALTER DATABASE … ");
    }
    if ("AlterSystemStmt" in node) {
        return lasting(node.AlterSystemStmt.setstmt, "ALTER SYSTEM ");
    }
    if ("DiscardStmt" in node) {
        const { target = "DISCARD_ALL" } = node.DiscardStmt;
        // Plans and sequences are caches; dropping a temporary table reveals the table that it hid.
        return target === "DISCARD_PLANS" || target === "DISCARD_SEQUENCES"
            ? { kind: "other", touched: [] }
            : { kind: "setting", name: "all", by: target.replace("_", " "), extent: "session" };
    }
    if ("TransactionStmt" in node) {
        const { kind = "" } = node.TransactionStmt;
        const what = kind.replace("TRANS_STMT_", "").replaceAll("_", " ");
        return { kind: "transaction", what };
    }
    return undefined;
}

function lasting(statement: VariableSetStmt | undefined, before: string): Setting {
    const found = setting(statement ?? {}, "lasting");
    return { ...found, by: before + found.by };
}

/** Settings of a function while it runs: `CREATE FUNCTION … SET lock_timeout = 0`. */
export function functionSettings(options: Node[] = []): Setting[] {
    return options.flatMap((option) => {
        const arg = "DefElem" in option && option.DefElem.defname === "set" ? option.DefElem.arg : undefined;
        return arg && "VariableSetStmt" in arg ? [setting(arg.VariableSetStmt, "function")] : [];
    });
}

function setting({ kind, name, args = [], is_local: isLocal }: VariableSetStmt, extent: Setting["extent"]): Setting {
    if (kind === "VAR_RESET_ALL") {
        return { kind: "setting", name: "all", by: "RESET ALL", extent };
    }
    const lower = name?.toLowerCase();
    const verb = kind === "VAR_RESET" ? "RESET" : isLocal ? "SET LOCAL" : "SET";
    const value = kind === "VAR_SET_VALUE" ? args.map(constant).join(", ").toLowerCase() : undefined;
    return { kind: "setting", name: lower, value, by: `${verb} ${name}`, extent };
}

/** The text of a constant, as a setting's value. */
export function constant(node: Node): string | undefined {
    const inner = "TypeCast" in node && node.TypeCast.arg ? node.TypeCast.arg : node;
    if (!("A_Const" in inner)) {
        return undefined;
    }
    const { sval, ival, fval, boolval } = inner.A_Const;
    return (
        sval?.sval ??
        (sval ? "" : undefined) ??
        fval?.fval ??
        (ival ? String(ival.ival ?? 0) : boolval ? String(boolval.boolval ?? false) : undefined)
    );
}
