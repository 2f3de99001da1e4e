import type { RecordedResource } from "../recorded";
import { Refusal } from "./http";

interface Statement {
    Effect: string;
    Action?: string | string[];
    Resource?: string | string[];
    Condition?: unknown;
}

/**
 * What the recorded policies of roles allow: actions on resources. Conditions are not understood here, so that a
 * statement that has some allows nothing.
 */
export class Permissions {
    private constructor(private readonly statements: ReadonlyMap<string, Statement[]>) {}

    static of(resources: readonly RecordedResource[]): Permissions {
        const statements = new Map<string, Statement[]>();
        for (const { type, inputs } of resources) {
            if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
            const role = inputs["role"] as string;
            statements.set(role, [...(statements.get(role) ?? []), ...statementsOf(inputs["policy"])]);
        }
        return new Permissions(statements);
    }

    /** Whether a role (its ARN) may do something. */
    allow(role: string, action: string, resource: string): boolean {
        const matching = (this.statements.get(nameOf(role)) ?? []).filter(
            (statement) => matches(statement.Action, action) && matches(statement.Resource, resource),
        );
        return (
            matching.some(({ Effect, Condition }) => Effect === "Allow" && Condition === undefined) &&
            !matching.some(({ Effect }) => Effect === "Deny")
        );
    }

    /** Refuses what a role may not do, in AWS's words; `code` is the service's. */
    demand(role: string, action: string, resource: string, { code }: { code: string }): void {
        if (!this.allow(role, action, resource)) {
            const what = `perform: ${action} on resource: ${resource}`;
            throw new Refusal(code, `User: ${role} is not authorized to ${what}`);
        }
    }
}

function statementsOf(policy: unknown): Statement[] {
    const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as {
        Statement: Statement | Statement[];
    };
    return [document.Statement].flat();
}

function nameOf(role: string): string {
    return role.slice(role.lastIndexOf("/") + 1);
}

/** `*` is any text, `?` any character. */
function matches(patterns: string | string[] = [], value: string): boolean {
    return [patterns].flat().some((pattern) => {
        const escaped = pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replaceAll("*", ".*")
            .replaceAll("?", ".");
        return new RegExp(`^${escaped}$`, "s").test(value);
    });
}
