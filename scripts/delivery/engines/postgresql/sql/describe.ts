import type {
    AlterTableStmt,
    CreateStmt,
    DeleteStmt,
    DropStmt,
    InsertStmt,
    IntoClause,
    MergeStmt,
    Node,
    RangeVar,
    RenameStmt,
    TypeName,
    UpdateStmt,
    VacuumStmt,
    ViewStmt,
} from "@pgsql/types";
import { describeAdministration } from "./administration";
import { everyRow } from "./condition";
import type { Action, Effect, Name } from "./effect";
import { walk } from "./grammar";
import { nameOf, objectName, qualified, relation, relations, typeNames } from "./names";
import { describeSetting } from "./settings";

/** Describes a statement's own effect, without its parts. */
export function describe(node: Node): Effect {
    return (
        describeTable(node) ??
        describeObject(node) ??
        describeData(node) ??
        describeLock(node) ??
        describeAdministration(node) ??
        describeSetting(node) ??
        other(node)
    );
}

function describeTable(node: Node): Effect | undefined {
    if ("CreateStmt" in node) {
        return createTable(node.CreateStmt);
    }
    if ("CreateForeignTableStmt" in node) {
        const { relation: table = {}, if_not_exists: mayExist = false } = node.CreateForeignTableStmt.base ?? {};
        return { kind: "create", object: "foreign table", name: relation(table), mayExist };
    }
    if ("CreateTableAsStmt" in node) {
        // A materialized view holds rows and has indexes: if it is new, it counts as new like a table.
        const { into = {}, if_not_exists: ifNotExists = false } = node.CreateTableAsStmt;
        return filledTable(into, ifNotExists);
    }
    if ("SelectStmt" in node && node.SelectStmt.intoClause) {
        return filledTable(node.SelectStmt.intoClause, false);
    }
    if ("AlterTableStmt" in node) {
        return alterTable(node.AlterTableStmt);
    }
    if ("IndexStmt" in node) {
        const { idxname, relation: table = {}, concurrent = false, if_not_exists: ifNotExists } = node.IndexStmt;
        const index = idxname === undefined ? undefined : { name: idxname };
        const conditional = ifNotExists ? { ifNotExists } : {};
        return { kind: "createIndex", index, table: relation(table), concurrently: concurrent, ...conditional };
    }
    if ("CreateTrigStmt" in node) {
        return { kind: "createTrigger", table: relation(node.CreateTrigStmt.relation ?? {}) };
    }
    return "RuleStmt" in node ? { kind: "rule", table: relation(node.RuleStmt.relation ?? {}) } : undefined;
}

function createTable({ relation: table = {}, inhRelations, if_not_exists: ifNotExists, oncommit }: CreateStmt): Effect {
    return {
        kind: "createTable",
        table: relation(table),
        ifNotExists: ifNotExists ?? false,
        filled: false,
        partOf: relations(inhRelations),
        untilCommit: oncommit === "ONCOMMIT_DROP",
    };
}

function filledTable({ rel = {}, onCommit }: IntoClause, ifNotExists: boolean): Effect {
    const untilCommit = onCommit === "ONCOMMIT_DROP";
    return { kind: "createTable", table: relation(rel), ifNotExists, filled: true, partOf: [], untilCommit };
}

function alterTable({ relation: table = {}, objtype, cmds = [] }: AlterTableStmt): Effect {
    const name = relation(table);
    if (objtype !== "OBJECT_TABLE" && objtype !== "OBJECT_FOREIGN_TABLE") {
        return { kind: "other", touched: [name], cascades: cascades(cmds) };
    }
    // Only the scanner knows their offsets.
    const actions = cmds.flatMap((cmd): Action[] =>
        "AlterTableCmd" in cmd ? [{ command: cmd.AlterTableCmd, start: 0, end: Infinity }] : [],
    );
    return { kind: "alterTable", table: name, actions };
}

function describeObject(node: Node): Effect | undefined {
    const created = createdObject(node);
    if (created) {
        return { kind: "create", ...created, mayExist: mayExist(node) };
    }
    if ("DropStmt" in node) {
        return drop(node.DropStmt);
    }
    if ("DropdbStmt" in node) {
        const names = [{ name: node.DropdbStmt.dbname ?? "" }];
        return { kind: "drop", object: "database", names, concurrently: false, cascade: false };
    }
    if ("DropOwnedStmt" in node) {
        return { kind: "drop", object: "owned", names: [], concurrently: false, cascade: true };
    }
    if ("RenameStmt" in node) {
        return rename(node.RenameStmt);
    }
    if ("AlterObjectSchemaStmt" in node) {
        const { objectType = "", relation: table, object, newschema } = node.AlterObjectSchemaStmt;
        const name = table ? relation(table) : (nameOf(object) ?? { name: "" });
        return objectType === "OBJECT_TABLE"
            ? { kind: "alterTable", table: name, actions: [], movedTo: { schema: newschema, name: name.name } }
            : { kind: "rename", object: objectName(objectType), name, toSchema: newschema };
    }
    if ("AlterEnumStmt" in node && node.AlterEnumStmt.oldVal !== undefined) {
        return { kind: "rename", object: "type", name: qualified(node.AlterEnumStmt.typeName), part: true };
    }
    return undefined;
}

function createdObject(node: Node): { object: string; name: Name; view?: ViewStmt } | undefined {
    if ("ViewStmt" in node) {
        return { object: "view", name: relation(node.ViewStmt.view ?? {}), view: node.ViewStmt };
    }
    if ("CreateFunctionStmt" in node) {
        const { is_procedure: isProcedure, funcname, parameters } = node.CreateFunctionStmt;
        const name = { ...qualified(funcname), args: typeNames(inputs(parameters)) };
        return { object: isProcedure ? "procedure" : "function", name };
    }
    if ("CompositeTypeStmt" in node) {
        return { object: "type", name: relation(node.CompositeTypeStmt.typevar ?? {}) };
    }
    if ("CreateEnumStmt" in node || "CreateRangeStmt" in node) {
        const { typeName } = "CreateEnumStmt" in node ? node.CreateEnumStmt : node.CreateRangeStmt;
        return { object: "type", name: qualified(typeName) };
    }
    if ("DefineStmt" in node) {
        const { kind = "", defnames, args = [], definition = [] } = node.DefineStmt;
        const types =
            kind === "OBJECT_OPERATOR" ? typesOf(definition, /^(leftarg|rightarg)$/i) : aggregated(args, definition);
        return { object: objectName(kind), name: { ...qualified(defnames), ...(types && { args: typeNames(types) }) } };
    }
    if ("CreateCastStmt" in node) {
        const { sourcetype = {}, targettype = {} } = node.CreateCastStmt;
        const args = typeNames([sourcetype, targettype]);
        return { object: "cast", name: { name: args, args } };
    }
    if ("CreateDomainStmt" in node) {
        return { object: "domain", name: qualified(node.CreateDomainStmt.domainname) };
    }
    if ("CreateSchemaStmt" in node) {
        return { object: "schema", name: { name: node.CreateSchemaStmt.schemaname ?? "" } };
    }
    if ("CreateSeqStmt" in node) {
        return { object: "sequence", name: relation(node.CreateSeqStmt.sequence ?? {}) };
    }
    return "CreateExtensionStmt" in node
        ? { object: "extension", name: { name: node.CreateExtensionStmt.extname ?? "" } }
        : undefined;
}

/** The types that attributes of a definition name. */
function typesOf(definition: Node[], attributes: RegExp): TypeName[] {
    return definition.flatMap((node) => {
        const { defname = "", arg } = "DefElem" in node ? node.DefElem : {};
        return attributes.test(defname) && arg && "TypeName" in arg ? [arg.TypeName] : [];
    });
}

/** The argument types of an aggregate, in the new syntax or the old one; undefined for what has none. */
function aggregated([first]: Node[], definition: Node[]): TypeName[] | undefined {
    const old = typesOf(definition, /^basetype$/i);
    return first && "List" in first ? inputs(first.List.items) : old.length > 0 ? old : undefined;
}

/** With IF NOT EXISTS or OR REPLACE, the statement may apply to an existing object. */
function mayExist(node: Node): boolean {
    return Object.values(node).some(
        ({ replace, if_not_exists: ifNotExists }: { replace?: boolean; if_not_exists?: boolean }) =>
            replace === true || ifNotExists === true,
    );
}

/** The argument types that identify a function among its overloads. */
function inputs(parameters: Node[] = []): TypeName[] {
    return parameters.flatMap((parameter) => {
        const { mode, argType = {} } = "FunctionParameter" in parameter ? parameter.FunctionParameter : {};
        return mode === "FUNC_PARAM_OUT" || mode === "FUNC_PARAM_TABLE" ? [] : [argType];
    });
}

function drop({ removeType = "OBJECT_TABLE", objects = [], concurrent = false, behavior }: DropStmt): Effect {
    const names = objects.flatMap((object) => nameOf(object) ?? []);
    const cascade = behavior === "DROP_CASCADE";
    return { kind: "drop", object: objectName(removeType), names, concurrently: concurrent, cascade };
}

function rename(statement: RenameStmt): Effect {
    const { renameType = "OBJECT_TABLE", relationType, relation: of, object, subname = "", newname = "" } = statement;
    const name = of ? relation(of) : (nameOf(object) ?? { name: subname });
    if (renameType === "OBJECT_TABLE") {
        const movedTo = { schema: name.schema, name: newname };
        return { kind: "alterTable", table: name, actions: [], renames: "table", movedTo };
    }
    const renamed = { from: subname, to: newname };
    if (renameType === "OBJECT_TABCONSTRAINT") {
        return { kind: "alterTable", table: name, actions: [], renames: "constraint", renamed };
    }
    if (
        renameType === "OBJECT_COLUMN" &&
        (relationType === "OBJECT_TABLE" || relationType === "OBJECT_FOREIGN_TABLE")
    ) {
        return { kind: "alterTable", table: name, actions: [], renames: "column", renamed };
    }
    const part = renameType === "OBJECT_COLUMN" || renameType === "OBJECT_ATTRIBUTE";
    return {
        kind: "rename",
        object: objectName(part && relationType ? relationType : renameType),
        name,
        part,
        to: part ? undefined : { name: newname },
    };
}

/** Also when it is part of another statement. */
export function describeData(node: Node): Effect | undefined {
    if ("InsertStmt" in node) {
        return insert(node.InsertStmt);
    }
    if ("UpdateStmt" in node) {
        return update(node.UpdateStmt);
    }
    if ("DeleteStmt" in node) {
        return remove(node.DeleteStmt);
    }
    if ("MergeStmt" in node) {
        return merge(node.MergeStmt);
    }
    if ("CopyStmt" in node && node.CopyStmt.is_from) {
        const { relation: table, filename, is_program: isProgram = false } = node.CopyStmt;
        const fromClient = filename === undefined && !isProgram;
        return { ...data("copy", table, { bulk: true, all: false }), ...(fromClient && { fromClient }) };
    }
    if ("TruncateStmt" in node) {
        const { relations: tables, behavior } = node.TruncateStmt;
        return { kind: "truncate", tables: relations(tables), cascade: behavior === "DROP_CASCADE" };
    }
    return undefined;
}

type Data = Extract<Effect, { kind: "data" }>;

function data(verb: Data["verb"], table: RangeVar = {}, extent: Pick<Data, "bulk" | "all">): Data {
    return { kind: "data", verb, table: relation(table), ...extent };
}

function insert({ relation: table, selectStmt }: InsertStmt): Data {
    // Rows that are written out are few; a query may produce any number.
    const written = selectStmt === undefined || ("SelectStmt" in selectStmt && selectStmt.SelectStmt.valuesLists);
    return data("insert", table, { bulk: !written, all: false });
}

function update({ relation: table, targetList = [], fromClause, whereClause }: UpdateStmt): Data {
    const every = fromClause === undefined && everyRow(whereClause);
    const overwrites = targetList.flatMap((target) =>
        every && "ResTarget" in target && isOneValue(target.ResTarget.val) ? [target.ResTarget.name ?? ""] : [],
    );
    return {
        ...data("update", table, { bulk: true, all: false }),
        ...(every && { every }),
        ...(overwrites.length > 0 && { overwrites }),
    };
}

function isOneValue(value: Node | undefined): boolean {
    if (value && "MultiAssignRef" in value) {
        const { source, colno = 1 } = value.MultiAssignRef;
        return source !== undefined && "RowExpr" in source && isOneValue(source.RowExpr.args?.[colno - 1]);
    }
    return (
        value !== undefined &&
        ("A_Const" in value || "SetToDefault" in value || ("TypeCast" in value && isOneValue(value.TypeCast.arg)))
    );
}

function remove({ relation: table, whereClause }: DeleteStmt): Data {
    return data("delete", table, { bulk: true, all: everyRow(whereClause) });
}

function merge({ relation: table, mergeWhenClauses = [] }: MergeStmt): Data {
    // The join is the condition; only the data tells whether it excludes any row.
    const all = mergeWhenClauses.some(
        (when) =>
            "MergeWhenClause" in when &&
            when.MergeWhenClause.commandType === "CMD_DELETE" &&
            everyRow(when.MergeWhenClause.condition),
    );
    return data("merge", table, { bulk: true, all });
}

function describeLock(node: Node): Effect | undefined {
    if ("VacuumStmt" in node) {
        return isFull(node.VacuumStmt) ? exclusive("VACUUM FULL", vacuumed(node.VacuumStmt)) : undefined;
    }
    if ("ClusterStmt" in node) {
        const { relation: table } = node.ClusterStmt;
        return exclusive("CLUSTER", table ? [relation(table)] : []);
    }
    if ("LockStmt" in node) {
        return exclusive("LOCK TABLE", relations(node.LockStmt.relations));
    }
    if ("RefreshMatViewStmt" in node && !node.RefreshMatViewStmt.concurrent) {
        return exclusive("REFRESH MATERIALIZED VIEW", [relation(node.RefreshMatViewStmt.relation ?? {})]);
    }
    return undefined;
}

function exclusive(what: string, tables: Name[]): Effect {
    return { kind: "exclusive", what, tables };
}

function isFull({ options = [] }: VacuumStmt): boolean {
    return options.some((option) => "DefElem" in option && option.DefElem.defname === "full");
}

function vacuumed({ rels = [] }: VacuumStmt): Name[] {
    return rels.flatMap((rel) => ("VacuumRelation" in rel ? [relation(rel.VacuumRelation.relation ?? {})] : []));
}

function other(node: Node): Effect {
    // REVOKE … CASCADE revokes privileges and drops nothing.
    return {
        kind: "other",
        touched: touchedBy(node),
        cascades: !("GrantStmt" in node || "GrantRoleStmt" in node) && cascades(node),
    };
}

function cascades(tree: unknown): boolean {
    let found = false;
    walk(tree, ({ behavior }) => {
        found ||= behavior === "DROP_CASCADE";
    });
    return found;
}

/** Statements that only read the objects they name. */
const readers = new Set([
    "SelectStmt",
    "ExplainStmt",
    "PrepareStmt",
    "ExecuteStmt",
    "DeclareCursorStmt",
    "CopyStmt",
    "VacuumStmt",
]);

/** The objects that an otherwise unknown statement names, and so may change. */
function touchedBy(node: Node): Name[] {
    const [kind = ""] = Object.keys(node);
    const touched: Name[] = [];
    if (!readers.has(kind)) {
        walk(node, (body) => {
            if (typeof body.relname === "string") touched.push(relation(body));
        });
    }
    return touched;
}
