import type { RecordedResource } from "../recorded";
import { type Condition, type RequestContext, holds } from "./conditions";
import { Refusal } from "./http";

interface Statement {
    Effect: string;
    Action?: string | string[];
    Resource?: string | string[];
    Condition?: Condition;
}

/** A request as policies see it. */
interface Request {
    action: string;
    resource: string;
    context?: RequestContext;
}

/**
 * What the recorded policies allow: the policies of roles, and the denials of bucket policies. A statement with a
 * condition that is not understood here allows nothing.
 */
export class Permissions {
    private constructor(
        /** By the role's name. */
        private readonly statements: ReadonlyMap<string, Statement[]>,
        private readonly ofBuckets: Statement[],
    ) {}

    static of(resources: readonly RecordedResource[]): Permissions {
        const statements = new Map<string, Statement[]>();
        const ofBuckets: Statement[] = [];
        for (const { type, inputs } of resources) {
            if (type === "aws:iam/rolePolicy:RolePolicy") {
                const role = inputs["role"] as string;
                statements.set(role, [...(statements.get(role) ?? []), ...statementsOf(inputs["policy"])]);
            } else if (type === "aws:s3/bucketPolicy:BucketPolicy") {
                ofBuckets.push(...statementsOf(inputs["policy"]));
            }
        }
        return new Permissions(statements, ofBuckets);
    }

    /** Whether a role (by ARN) may perform an action. */
    allow(role: string, action: string, resource: string, context: RequestContext = {}): boolean {
        const request = { action, resource, context };
        const own = this.statements.get(nameOf(role)) ?? [];
        return (
            own.some((statement) => statement.Effect === "Allow" && applies(statement, request)) &&
            ![...own, ...this.ofBuckets].some((statement) => statement.Effect === "Deny" && applies(statement, request))
        );
    }

    /** Refuses a call that a role may not make, in AWS's words; `code` is the service's. */
    demand(
        role: string,
        action: string,
        resource: string,
        { code, context }: { code: string; context?: RequestContext },
    ): void {
        if (!this.allow(role, action, resource, context)) {
            const what = `perform: ${action} on resource: ${resource}`;
            throw new Refusal(code, `User: ${role} is not authorized to ${what}`);
        }
    }
}

function applies(
    { Effect, Action, Resource, Condition }: Statement,
    { action, resource, context = {} }: Request,
): boolean {
    return (
        matches(Action, action) &&
        matches(Resource, resource) &&
        // A Deny whose condition is not understood applies: nothing passes here that AWS might refuse.
        (holds(Condition, context) ?? Effect === "Deny")
    );
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
