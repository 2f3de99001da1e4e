import type { AccessKeys } from "../accessKeys";
import { type Answer, type Call, serve, type Service } from "../http";
import type { Permissions } from "../permissions";
import type { SecretStore } from "../secrets";

/** A refusal of Secrets Manager's; the codes are its own. */
class Refusal extends Error {
    constructor(
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

const currentStage = "AWSCURRENT";

/** Serves what a build reads again of Secrets Manager: the secrets that its role may read. */
export function serveSecretsManager(
    secrets: SecretStore,
    keys: AccessKeys,
    permissions: Permissions,
): Promise<Service> {
    const answer = (call: Call): Answer => {
        try {
            return json(200, getSecretValue(call, secrets, permissions));
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return refusal(error.code, error.message);
        }
    };
    return serve(keys, (call) => Promise.resolve(answer(call)), refusal);
}

function getSecretValue({ headers, body, caller }: Call, secrets: SecretStore, permissions: Permissions): object {
    const target = String(headers["x-amz-target"]);
    if (target !== "secretsmanager.GetSecretValue") {
        throw new Refusal("InvalidAction", `The local run does not do ${target}.`);
    }
    const { SecretId: id = "", VersionStage: stage = currentStage } = JSON.parse(body) as Record<string, string>;
    if (!permissions.allow(caller.role, "secretsmanager:GetSecretValue", id)) {
        throw new Refusal(
            "AccessDeniedException",
            `User: ${caller.role} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${id}`,
        );
    }
    const text = secrets.get(id);
    // Nothing rotates here, so that no version is ever pending.
    if (text === undefined || stage !== currentStage) {
        throw new Refusal(
            "ResourceNotFoundException",
            `Secrets Manager can't find the specified secret value for ${id}.`,
        );
    }
    return { ARN: id, SecretString: text, VersionStages: [currentStage] };
}

function refusal(code: string, message: string): Answer {
    return json(400, { __type: code, Message: message });
}

function json(status: number, content: object): Answer {
    return { status, type: "application/x-amz-json-1.1", body: JSON.stringify(content) };
}
