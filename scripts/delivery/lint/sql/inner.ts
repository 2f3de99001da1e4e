import type { DefElem, FuncCall, Node, ViewStmt } from "@pgsql/types";
import { type Body, readBody } from "./bodies";
import type { Deed, Inner } from "./deed";
import { describeData } from "./describe";
import { walk } from "./grammar";
import { nameOf, qualified, relation, relations, shown, strings } from "./names";
import { constant, functionSettings } from "./settings";

/** Functions of PostgreSQL and its extensions that run SQL which they are given as a text. */
const runners = new Set([
    "query_to_xml",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
    "ts_stat",
    "dblink",
    "dblink_exec",
    "dblink_open",
    "dblink_send_query",
    "crosstab",
    "crosstab_hash",
    "connectby",
    "schedule",
    "schedule_in_database",
    "alter_job",
    "query_export_to_s3",
]);

/** Functions that end other sessions or give up what this one holds. */
const interrupters = new Set([
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_advisory_unlock",
    "pg_advisory_unlock_all",
]);

/** Nothing in a text without any of these needs a look at its parts; names may be written in escapes. */
const worthALook = new RegExp(
    `\\b(insert|update|delete|merge|set_config|lo_unlink|u&"|${[...runners, ...interrupters].join("|")})`,
    "gi",
);

/** What a statement does beside what it is: in its parts, and in the bodies that it gives to the server. */
export async function innerDeeds(node: Node, text: string, depth: number): Promise<Inner[]> {
    if ("DoStmt" in node) {
        const body = bodyOf(node.DoStmt.args, "plpgsql");
        return readBody({ ...body, text, inside: "a DO block", runs: true, depth });
    }
    const parts = partsOf(node, text);
    if ("CreateFunctionStmt" in node) {
        const { is_procedure: isProcedure, funcname, options, sql_body: parsed } = node.CreateFunctionStmt;
        const name = qualified(funcname);
        const inside = `the ${isProcedure ? "procedure" : "function"} ${shown([name])}`;
        const body = parsed ? [] : await readBody({ ...bodyOf(options, "sql"), text, inside, runs: false, depth });
        return [...parts, ...attributes(options, name, inside), ...body];
    }
    if ("AlterFunctionStmt" in node) {
        const name = qualified(node.AlterFunctionStmt.func?.objname);
        return [...parts, ...attributes(node.AlterFunctionStmt.actions, name, `the function ${shown([name])}`)];
    }
    return "ViewStmt" in node ? [...parts, ...windowOf(node.ViewStmt)] : parts;
}

function partsOf(node: Node, text: string): Inner[] {
    const found: Inner[] = [];
    const [top = ""] = Object.keys(node);
    const later = { CreateFunctionStmt: "the function", RuleStmt: "the rule", ViewStmt: "the view" }[top];
    const place = { ...(later === undefined ? {} : { inside: later }), runs: later === undefined };
    // Its first word is what it is.
    const words = text.match(worthALook) ?? [];
    if (words.length < (/^(Insert|Update|Delete|Merge)Stmt$/.test(top) ? 2 : 1)) {
        return found;
    }
    walk(Object.values(node), (body, kind) => {
        if (kind === "FuncCall") {
            found.push(...callDeeds(body).map((deed) => ({ deed, ...place })));
        } else if (/^(Insert|Update|Delete|Merge)Stmt$/.test(kind)) {
            const deed = describeData({ [kind]: body } as unknown as Node);
            found.push(...(deed ? [{ deed, ...place }] : []));
        }
    });
    return found;
}

/** A view of one table, without anything that keeps PostgreSQL from changing the table through it. */
function windowOf({ view = {}, query }: ViewStmt): Inner[] {
    const { fromClause = [], ...select } = query && "SelectStmt" in query ? query.SelectStmt : {};
    const [table] = relations(fromClause);
    const clauses = [
        "withClause",
        "distinctClause",
        "groupClause",
        "havingClause",
        "limitCount",
        "limitOffset",
        "larg",
    ];
    const plain = fromClause.length === 1 && !clauses.some((clause) => clause in select);
    return table && plain ? [{ deed: { kind: "window", view: relation(view), table }, runs: true }] : [];
}

function callDeeds({ funcname, args = [] }: FuncCall): Deed[] {
    const name = strings(funcname).at(-1) ?? "";
    if (name === "set_config") {
        const [setting, value] = [args[0] && constant(args[0]), args[1] && constant(args[1])];
        return [
            {
                kind: "setting",
                name: setting?.toLowerCase(),
                value: value?.toLowerCase(),
                by: `set_config(${setting === undefined ? "a name that is made when it runs" : `'${setting}'`})`,
                extent: "session",
            },
        ];
    }
    if (interrupters.has(name)) {
        return [{ kind: "setting", by: `${name}()`, extent: "session" }];
    }
    if (name === "lo_unlink") {
        return [{ kind: "data", verb: "delete", table: { name: "pg_largeobject" }, bulk: true, all: true }];
    }
    return runners.has(name) ? [{ kind: "dynamic", what: `${name}()` }] : [];
}

/** What is said of a function beside its body. */
function attributes(options: Node[] = [], name: { schema?: string; name: string }, inside: string): Inner[] {
    const settings = functionSettings(options);
    const ofPath = settings.filter((setting) => setting.name === "search_path" || setting.name === "all");
    const pinned = ofPath.some(({ by }) => by.startsWith("SET"));
    const unpinned = ofPath.some(({ by }) => by.startsWith("RESET"));
    const definer = elements(options).some(
        ({ defname, arg }) => defname === "security" && arg && "Boolean" in arg && arg.Boolean.boolval,
    );
    return [
        ...settings.map((deed) => ({ deed, inside, runs: false })),
        ...(unpinned || (definer && !pinned) ? [{ deed: { kind: "definer" as const, name }, runs: false }] : []),
    ];
}

function bodyOf(options: Node[] = [], otherwise: string): Pick<Body, "language" | "source"> {
    const found = elements(options);
    const language = found.find(({ defname }) => defname === "language")?.arg;
    const as = found.find(({ defname }) => defname === "as")?.arg;
    const source = as && ("List" in as ? strings(as.List.items)[0] : nameOf(as)?.name);
    return { language: (language && nameOf(language)?.name.toLowerCase()) ?? otherwise, source: source ?? "" };
}

function elements(options: Node[]): DefElem[] {
    return options.flatMap((option) => ("DefElem" in option ? [option.DefElem] : []));
}
