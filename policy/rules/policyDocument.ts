import { unknown } from "../resource";

/** A statement of an IAM policy, with lists where IAM allows one or many. */
export interface Statement {
    sid: string;
    effect: string;
    /** By kind (`AWS`, `Service`, …); `{ "*": ["*"] }` for all principals. */
    principals: Record<string, string[]>;
    actions: string[];
    notActions: string[];
    resources: string[];
    notResources: string[];
    /** Names of the condition keys, in lower case: IAM ignores case. */
    conditionKeys: string[];
    conditions: Record<string, Record<string, unknown>>;
}

/** The statements of a policy given as text or object. Empty if the policy is unknown or absent. */
export function statementsOf(policy: unknown): Statement[] {
    if (policy === undefined || policy === null || policy === "" || policy === unknown) {
        return [];
    }
    const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement?: unknown };
    return (listOf(document.Statement) as Record<string, unknown>[]).map((statement, index) => {
        const conditions = (statement.Condition ?? {}) as Record<string, Record<string, unknown>>;
        return {
            sid: (statement.Sid as string | undefined) ?? `${index + 1}`,
            effect: statement.Effect as string,
            principals: principalsOf(statement.Principal),
            actions: listOf(statement.Action) as string[],
            notActions: listOf(statement.NotAction) as string[],
            resources: listOf(statement.Resource) as string[],
            notResources: listOf(statement.NotResource) as string[],
            conditionKeys: Object.values(conditions).flatMap((keys) =>
                Object.keys(keys).map((key) => key.toLowerCase()),
            ),
            conditions,
        };
    });
}

export function allowing(statements: Statement[]): Statement[] {
    return statements.filter((statement) => statement.effect === "Allow");
}

/** Whether a policy denies all principals without TLS one of these actions. */
export function deniesPlainHttp(statements: Statement[], actions: string[]): boolean {
    return statements.some(
        (statement) =>
            statement.effect === "Deny" &&
            isEverybody(statement) &&
            statement.actions.some((action) => actions.includes(action)) &&
            Object.keys(statement.conditions).length === 1 &&
            `${String(statement.conditions.Bool?.["aws:SecureTransport"])}` === "false",
    );
}

export function isEverybody(statement: Statement): boolean {
    return Object.values(statement.principals).some((principals) => principals.includes("*"));
}

function principalsOf(principal: unknown): Record<string, string[]> {
    if (principal === undefined) {
        return {};
    }
    return typeof principal === "string"
        ? { [principal]: [principal] }
        : Object.fromEntries(
              Object.entries(principal as object).map(([kind, principals]) => [kind, listOf(principals) as string[]]),
          );
}

function listOf(value: unknown): unknown[] {
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
