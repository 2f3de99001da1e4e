import type {
    A_Const,
    A_Expr,
    Alias,
    Node,
    RangeVar,
    ResTarget,
    SelectStmt,
    TypeName,
    ViewStmt,
    WithClause,
} from "@pgsql/types";
import type { Name } from "./effect";
import { relation, strings } from "./names";

/** A column of a table or of a query. */
export interface Column {
    name: string;
    /** As {@link typeOf} writes it; absent if only the database knows it. */
    type?: string;
}

/** The columns of a table or a view; undefined if only the database knows them. */
export type Relations = (name: Name) => Column[] | undefined;

/** What a name in a query refers to. */
interface Source {
    /** Its alias, or its own name. */
    name: string;
    columns?: Column[];
}

/** What is visible at one place of a query. */
interface Scope {
    relations: Relations;
    /** The queries of WITH; undefined if their columns are unknown. */
    named: ReadonlyMap<string, Column[] | undefined>;
    sources: Source[];
    /** Columns of two tables are one, so that `*` does not have them in the order of the tables. */
    merged: boolean;
    /** Around a subquery. */
    outer?: Scope;
}

/** The columns of a view; undefined if only the database knows how many they are, or their names. */
export function viewColumns({ query, aliases }: Pick<ViewStmt, "query" | "aliases">, relations: Relations) {
    const top: Scope = { relations, named: new Map(), sources: [], merged: false };
    return query && "SelectStmt" in query ? renamed(queryColumns(query.SelectStmt, top), strings(aliases)) : undefined;
}

/** A type, however it is written: `int4`, `varchar(20)`, `text[]`. */
export function typeOf({ names, typmods = [], arrayBounds = [] }: TypeName): string {
    const sizes = typmods.map((size) => ("A_Const" in size ? String(size.A_Const.ival?.ival ?? 0) : "?"));
    const name = strings(names).at(-1) ?? "";
    const column = { serial: "int4", bigserial: "int8", smallserial: "int2" }[name] ?? name;
    return `${column}${sizes.length > 0 ? `(${sizes.join(",")})` : ""}${"[]".repeat(arrayBounds.length)}`;
}

/** A type that all have; undefined if it is unknown of one, or they differ. */
function commonType(types: (string | undefined)[]): string | undefined {
    return types.every((type) => type === types[0]) ? types[0] : undefined;
}

/** The columns of a query in its surroundings. */
function queryColumns(select: SelectStmt, outer: Scope): Column[] | undefined {
    const { targetList = [], valuesLists, op = "SETOP_NONE", larg = {}, rarg = {} } = select;
    const named = namedIn(select.withClause, outer);
    if (op !== "SETOP_NONE") {
        const [left, right] = [larg, rarg].map((side) => queryColumns(side, { ...outer, named }));
        return left?.map(({ name, type }, index) => ({ name, type: commonType([type, right?.[index]?.type]) }));
    }
    if (valuesLists !== undefined) {
        return undefined;
    }
    const scope: Scope = { relations: outer.relations, named, sources: [], merged: false, outer };
    (select.fromClause ?? []).forEach((node) => addSources(node, scope));
    const columns = targetList.map((target) =>
        "ResTarget" in target ? targetColumns(target.ResTarget, scope) : undefined,
    );
    return columns.every((some) => some !== undefined) ? columns.flat() : undefined;
}

/** The column that a reference means: `column`, `table.column`. */
function referredColumn([first = "", second]: string[], scope: Scope): Column | undefined {
    const [table, column] = second === undefined ? [undefined, first] : [first, second];
    const found = scope.sources.filter(({ name }) => table === undefined || name === table);
    if (found.some(({ columns }) => columns === undefined)) {
        return undefined;
    }
    const here = found.flatMap(({ columns = [] }) => columns).find(({ name }) => name === column);
    return here ?? (scope.outer && referredColumn(table === undefined ? [column] : [table, column], scope.outer));
}

function namedIn(clause: WithClause | undefined, outer: Scope): Scope["named"] {
    const named = new Map(outer.named);
    for (const node of clause?.ctes ?? []) {
        const { ctename = "", ctequery, aliascolnames } = "CommonTableExpr" in node ? node.CommonTableExpr : {};
        // A recursive one refers to itself.
        named.set(ctename, undefined);
        const query = ctequery && "SelectStmt" in ctequery ? ctequery.SelectStmt : undefined;
        named.set(ctename, renamed(query && queryColumns(query, { ...outer, named }), strings(aliascolnames)));
    }
    return named;
}

function addSources(node: Node, scope: Scope): void {
    if ("JoinExpr" in node) {
        const { larg, rarg, usingClause, isNatural } = node.JoinExpr;
        [larg, rarg].forEach((side) => side && addSources(side, scope));
        scope.merged ||= usingClause !== undefined || isNatural === true;
    } else if ("RangeVar" in node) {
        scope.sources.push(called(node.RangeVar.alias, node.RangeVar.relname, tableColumns(node.RangeVar, scope)));
    } else if ("RangeSubselect" in node) {
        const { alias, subquery } = node.RangeSubselect;
        const query = subquery && "SelectStmt" in subquery ? queryColumns(subquery.SelectStmt, scope) : undefined;
        scope.sources.push(called(alias, undefined, query));
    } else {
        // A function, or a form of a table that nothing is known about.
        scope.sources.push({ name: "" });
    }
}

function tableColumns(table: RangeVar, { named, relations }: Scope): Column[] | undefined {
    const { schemaname, relname = "" } = table;
    return schemaname === undefined && named.has(relname) ? named.get(relname) : relations(relation(table));
}

function called({ aliasname, colnames }: Alias = {}, name = "", columns?: Column[]): Source {
    return { name: aliasname ?? name, columns: renamed(columns, strings(colnames)) };
}

function renamed(columns: Column[] | undefined, names: string[]): Column[] | undefined {
    return columns?.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

function targetColumns({ name, val }: ResTarget, scope: Scope): Column[] | undefined {
    const fields = val && "ColumnRef" in val ? (val.ColumnRef.fields ?? []) : [];
    if (fields.some((field) => "A_Star" in field)) {
        return scope.merged ? undefined : allColumns(strings(fields).at(-1), scope.sources);
    }
    const known = name ?? figuredName(val);
    return known === undefined ? undefined : [{ name: known, type: expressionType(val, scope) }];
}

/** `*`, or `table.*`. */
function allColumns(table: string | undefined, sources: Source[]): Column[] | undefined {
    const columns = sources.filter(({ name }) => table === undefined || name === table).map((source) => source.columns);
    return columns.length > 0 && columns.every((some) => some !== undefined) ? columns.flat() : undefined;
}

const comparisons = /^(=|<>|!=|<|>|<=|>=)$/;
const predicates: A_Expr["kind"][] = [
    "AEXPR_IN",
    "AEXPR_LIKE",
    "AEXPR_ILIKE",
    "AEXPR_BETWEEN",
    "AEXPR_NOT_BETWEEN",
    "AEXPR_DISTINCT",
];

/** The type of an expression, as far as its text and the columns around it tell. */
function expressionType(node: Node | undefined, scope: Scope): string | undefined {
    if (node === undefined) {
        return undefined;
    }
    if ("ColumnRef" in node) {
        return referredColumn(strings(node.ColumnRef.fields).slice(-2), scope)?.type;
    }
    if ("TypeCast" in node) {
        return node.TypeCast.typeName && typeOf(node.TypeCast.typeName);
    }
    if ("A_Const" in node) {
        return constantType(node.A_Const);
    }
    if ("CoalesceExpr" in node) {
        return commonType((node.CoalesceExpr.args ?? []).map((arg) => expressionType(arg, scope)));
    }
    if ("CaseExpr" in node) {
        const { args = [], defresult } = node.CaseExpr;
        const results = args.map((arg) => ("CaseWhen" in arg ? arg.CaseWhen.result : undefined));
        return commonType([...results, ...(defresult ? [defresult] : [])].map((one) => expressionType(one, scope)));
    }
    if ("FuncCall" in node) {
        // A function of the same name for other types would be in another schema.
        return strings(node.FuncCall.funcname).at(-1) === "count" ? "int8" : undefined;
    }
    if ("SubLink" in node) {
        const { subLinkType, subselect } = node.SubLink;
        const query = subselect && "SelectStmt" in subselect ? subselect.SelectStmt : {};
        return subLinkType === "EXPR_SUBLINK" ? queryColumns(query, scope)?.[0]?.type : undefined;
    }
    const isTruth = "BoolExpr" in node || "NullTest" in node || "BooleanTest" in node;
    return isTruth || ("A_Expr" in node && compares(node.A_Expr)) ? "bool" : undefined;
}

function constantType({ ival, sval, boolval, isnull }: A_Const): string | undefined {
    return isnull || sval ? "text" : ival ? "int4" : boolval ? "bool" : undefined;
}

function compares({ kind, name }: A_Expr): boolean {
    return (
        predicates.some((predicate) => predicate === kind) ||
        (kind === "AEXPR_OP" && comparisons.test(strings(name).join(".")))
    );
}

/** The name that PostgreSQL gives to a column without one; undefined where that takes more than the text. */
function figuredName(node: Node | undefined): string | undefined {
    if (node === undefined) {
        return undefined;
    }
    if ("ColumnRef" in node) {
        return strings(node.ColumnRef.fields).at(-1);
    }
    if ("FuncCall" in node) {
        return strings(node.FuncCall.funcname).at(-1);
    }
    if ("TypeCast" in node) {
        const inner = figuredName(node.TypeCast.arg);
        return inner === undefined || inner === "?column?" ? strings(node.TypeCast.typeName?.names).at(-1) : inner;
    }
    if ("CoalesceExpr" in node) {
        return "coalesce";
    }
    return "A_Const" in node || ("A_Expr" in node && node.A_Expr.kind !== "AEXPR_NULLIF") ? "?column?" : undefined;
}
