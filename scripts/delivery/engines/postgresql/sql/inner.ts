import type { CreateSchemaStmt, DefElem, Node, ViewStmt } from "@pgsql/types";
import { type Body, readBody } from "./bodies";
import { callEffects, guardedNames, namedEffects } from "./calls";
import type { Inner, Name } from "./effect";
import { describe, describeData } from "./describe";
import { walk } from "./grammar";
import { nameOf, qualified, relation, relations, shown, strings } from "./names";
import { functionSettings } from "./settings";

/** A text without any of these does nothing indirectly; names may be written with escapes. */
const worthALook = new RegExp(`\\b(insert|update|delete|merge|u&"|program|${guardedNames.join("|")})`, "gi");

/** What a statement does indirectly: in its parts, and in the bodies that it hands to the server. */
export async function innerEffects(node: Node, text: string, depth: number): Promise<Inner[]> {
    if ("DoStmt" in node) {
        const body = bodyOf(node.DoStmt.args, "plpgsql");
        return readBody({ ...body, text, inside: "a DO block", runs: true, depth, innerOf: innerEffects });
    }
    const parts = partsOf(node, text);
    if ("CreateFunctionStmt" in node) {
        const { is_procedure: isProcedure, funcname, options, sql_body: parsed } = node.CreateFunctionStmt;
        const name = qualified(funcname);
        const inside = `the ${isProcedure ? "procedure" : "function"} ${shown([name])}`;
        const place = { inside, runs: false, depth, innerOf: innerEffects };
        const body = parsed ? [] : await readBody({ ...bodyOf(options, "sql"), text, ...place });
        return [...parts, ...attributes(options, name, inside), ...body];
    }
    if ("AlterFunctionStmt" in node) {
        const name = qualified(node.AlterFunctionStmt.func?.objname);
        return [...parts, ...attributes(node.AlterFunctionStmt.actions, name, `the function ${shown([name])}`)];
    }
    if ("CreateSchemaStmt" in node) {
        return [...parts, ...(await elementsOf(node.CreateSchemaStmt, text, depth))];
    }
    if ("CreateStmt" in node) {
        return [...parts, ...referredBy(node.CreateStmt.tableElts)];
    }
    return "ViewStmt" in node ? [...parts, ...windowOf(node.ViewStmt)] : parts;
}

/** The objects that CREATE SCHEMA creates with it. */
async function elementsOf(
    { schemaname, schemaElts = [] }: CreateSchemaStmt,
    text: string,
    depth: number,
): Promise<Inner[]> {
    const inside = `the schema ${schemaname ?? ""}`.trimEnd();
    const found: Inner[][] = [];
    for (const element of schemaElts) {
        const inner = await innerEffects(element, text, depth);
        found.push([{ effect: describe(element), inside, runs: true }, ...inner.map((one) => ({ inside, ...one }))]);
    }
    return found.flat();
}

/** Tables that a new table's foreign keys refer to: they get triggers. */
function referredBy(elements: Node[] = []): Inner[] {
    const touched: Name[] = [];
    walk(elements, (body, kind) => {
        if (kind === "pktable") touched.push(relation(body));
    });
    return touched.length === 0 ? [] : [{ effect: { kind: "other", touched }, runs: true }];
}

function partsOf(node: Node, text: string): Inner[] {
    const found: Inner[] = [];
    const [top = ""] = Object.keys(node);
    const later = { CreateFunctionStmt: "the function", RuleStmt: "the rule", ViewStmt: "the view" }[top];
    const place = { ...(later === undefined ? {} : { inside: later }), runs: later === undefined };
    // The first word is the statement itself.
    const words = text.match(worthALook) ?? [];
    if (words.length < (/^(Insert|Update|Delete|Merge)Stmt$/.test(top) ? 2 : 1)) {
        return found;
    }
    found.push(...namedEffects(node).map((effect) => ({ effect, ...place })));
    if ("CopyStmt" in node && node.CopyStmt.is_program) {
        found.push({ effect: { kind: "dynamic", what: "COPY … PROGRAM runs a command on the server" }, ...place });
    }
    walk(Object.values(node), (body, kind) => {
        if (kind === "FuncCall") {
            found.push(...callEffects(body).map((effect) => ({ effect, ...place })));
        } else if (/^(Insert|Update|Delete|Merge)Stmt$/.test(kind)) {
            const effect = describeData({ [kind]: body } as unknown as Node);
            found.push(...(effect ? [{ effect, ...place }] : []));
        }
    });
    return found;
}

/** The table behind a view that PostgreSQL lets statements update through. */
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
    return table && plain ? [{ effect: { kind: "window", view: relation(view), table }, runs: true }] : [];
}

/** What a function's attributes do, apart from its body. */
function attributes(options: Node[] = [], name: { schema?: string; name: string }, inside: string): Inner[] {
    const settings = functionSettings(options);
    const ofPath = settings.filter((setting) => setting.name === "search_path" || setting.name === "all");
    const pinned = ofPath.some(({ by }) => by.startsWith("SET"));
    const unpinned = ofPath.some(({ by }) => by.startsWith("RESET"));
    const definer = elements(options).some(
        ({ defname, arg }) => defname === "security" && arg && "Boolean" in arg && arg.Boolean.boolval,
    );
    return [
        ...settings.map((effect) => ({ effect, inside, runs: false })),
        ...(unpinned || (definer && !pinned) ? [{ effect: { kind: "definer" as const, name }, runs: false }] : []),
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
