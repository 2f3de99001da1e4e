import type { Statement } from "../../components/shared/statements";

/** The statements of a policy, from the text that a resource is given. */
export function statementsOf(policy: unknown): Statement[] {
    return (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
}
