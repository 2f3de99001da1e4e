import type { A_Const, A_Expr, CaseExpr, Node } from "@pgsql/types";
import { walk } from "./grammar";
import { strings } from "./names";

/** Columns that every row of every table has. */
const systemColumns = new Set(["ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"]);

/**
 * Whether a condition of DELETE, UPDATE or MERGE excludes no row: it is absent, or true for every row whatever its
 * contents. A condition that depends on the data (`id > 0`) counts as restrictive.
 */
export function everyRow(condition: Node | undefined): boolean {
    return condition === undefined || truth(condition) === true;
}

/** True or false if that holds for every row; undefined if it depends on the row. */
function truth(node: Node): boolean | undefined {
    if ("A_Const" in node) {
        return constantTruth(node.A_Const);
    }
    if ("TypeCast" in node && node.TypeCast.arg && "A_Const" in node.TypeCast.arg) {
        return constantTruth(node.TypeCast.arg.A_Const);
    }
    if ("BoolExpr" in node) {
        const { boolop, args = [] } = node.BoolExpr;
        const parts = args.map(truth);
        const [decisive, other] = boolop === "OR_EXPR" ? [true, false] : [false, true];
        if (boolop === "NOT_EXPR") {
            return parts[0] === undefined ? undefined : !parts[0];
        }
        if (boolop === "OR_EXPR" && nullOrNot(args)) {
            return true;
        }
        return parts.includes(decisive) ? decisive : parts.every((part) => part === other) ? other : undefined;
    }
    if ("A_Expr" in node) {
        const known = comparison(node.A_Expr);
        if (known !== undefined) {
            return known;
        }
    }
    if ("NullTest" in node && onlySystemColumns(node)) {
        return node.NullTest.nulltesttype === "IS_NOT_NULL";
    }
    if ("CaseExpr" in node) {
        return caseTruth(node.CaseExpr);
    }
    if ("SubLink" in node && node.SubLink.subLinkType === "EXISTS_SUBLINK" && isWrittenOut(node.SubLink.subselect)) {
        return true;
    }
    // A condition without columns is the same for each row: it matches all of them or none, and nobody writes the
    // latter.
    return looksAtRows(node) ? undefined : true;
}

/** `a IS NULL OR a IS NOT NULL` */
function nullOrNot(args: Node[]): boolean {
    const tests = args.flatMap((arg) => ("NullTest" in arg ? [arg.NullTest] : []));
    const of = (type: string) =>
        new Set(tests.flatMap(({ nulltesttype, arg }) => (arg && nulltesttype === type ? [shape(arg)] : [])));
    const nulls = of("IS_NULL");
    return [...of("IS_NOT_NULL")].some((tested) => nulls.has(tested));
}

/** Known only if all results agree; without ELSE, the result may be NULL. */
function caseTruth({ args = [], defresult }: CaseExpr): boolean | undefined {
    const results = args.map((arg) => ("CaseWhen" in arg ? arg.CaseWhen.result : undefined));
    const truths = [...results, defresult].map((result) => result && truth(result));
    return truths.every((one) => one === truths[0]) ? truths[0] : undefined;
}

/** Rows that are written out in the statement: there is always one. */
function isWrittenOut(query: Node | undefined): boolean {
    if (!query || !("SelectStmt" in query)) {
        return false;
    }
    const { valuesLists, fromClause = [], whereClause, havingClause, limitCount, limitOffset, larg } = query.SelectStmt;
    const all = fromClause.every(
        (from) => "RangeSubselect" in from && isWrittenOut(from.RangeSubselect.subquery as Node),
    );
    return valuesLists !== undefined || (all && !whereClause && !havingClause && !limitCount && !limitOffset && !larg);
}

function constantTruth({ boolval, sval, ival, isnull }: A_Const): boolean {
    return (
        !isnull &&
        (boolval
            ? boolval.boolval === true
            : sval
              ? !/^\s*(f|false|n|no|off|0)\s*$/i.test(sval.sval ?? "")
              : ival?.ival !== undefined)
    );
}

function comparison({ kind, name, lexpr, rexpr }: A_Expr): boolean | undefined {
    const [operator = ""] = strings(name).slice(-1);
    if (!lexpr || !rexpr) {
        return undefined;
    }
    if ((kind === "AEXPR_LIKE" || kind === "AEXPR_ILIKE") && operator.startsWith("~")) {
        return "A_Const" in rexpr && /^%+$/.test(rexpr.A_Const.sval?.sval ?? "") ? true : undefined;
    }
    const same = shape(lexpr) === shape(rexpr);
    if (same && (kind === "AEXPR_NOT_DISTINCT" || kind === "AEXPR_DISTINCT")) {
        return kind === "AEXPR_NOT_DISTINCT";
    }
    if (kind === "AEXPR_BETWEEN" && "List" in rexpr) {
        return rexpr.List.items?.every((limit) => shape(limit) === shape(lexpr)) ? true : undefined;
    }
    if (kind !== "AEXPR_OP") {
        return undefined;
    }
    if (["=", "<=", ">="].includes(operator) && same) {
        return true;
    }
    if (["<>", "<", ">"].includes(operator) && same && !("A_Const" in lexpr)) {
        return false;
    }
    const constants = "A_Const" in lexpr && "A_Const" in rexpr;
    return constants && operator === "=" ? false : constants && operator === "<>" ? !same : undefined;
}

function shape(node: Node): string {
    return JSON.stringify(node, (key, value: unknown) => (key === "location" ? undefined : value));
}

function looksAtRows(node: Node): boolean {
    let found = false;
    walk(node, (_, kind) => {
        found ||= kind === "ColumnRef" || kind === "CurrentOfExpr" || kind === "ParamRef";
    });
    return found;
}

function onlySystemColumns(node: Node): boolean {
    const columns: string[] = [];
    walk(node, (body, kind) => {
        if (kind === "ColumnRef") columns.push(strings((body as { fields?: Node[] }).fields).at(-1) ?? "");
    });
    return columns.length > 0 && columns.every((column) => systemColumns.has(column));
}
