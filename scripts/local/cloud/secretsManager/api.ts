import type { AccessKeys } from "../accessKeys";
import { type Call, jsonProtocol, Refusal, serve, type Service } from "../http";
import type { Permissions } from "../permissions";
import type { SecretStore } from "../secrets";

const currentStage = "AWSCURRENT";

/** Serves builds that read a secret again, if their role may read it. */
export function serveSecretsManager(
    secrets: SecretStore,
    keys: AccessKeys,
    permissions: Permissions,
): Promise<Service> {
    return serve(keys, jsonProtocol("Message"), (call) => JSON.stringify(getSecretValue(call, secrets, permissions)));
}

function getSecretValue({ headers, body, caller }: Call, secrets: SecretStore, permissions: Permissions): object {
    const target = String(headers["x-amz-target"]);
    if (target !== "secretsmanager.GetSecretValue") {
        throw new Refusal("InvalidAction", `The local run does not support ${target}.`);
    }
    const { SecretId: id = "", VersionStage: stage = currentStage } = JSON.parse(body) as Record<string, string>;
    permissions.demand(caller.role, "secretsmanager:GetSecretValue", id, { code: "AccessDeniedException" });
    const text = secrets.get(id);
    // Nothing is rotated here, so no version is ever pending.
    if (text === undefined || stage !== currentStage) {
        throw new Refusal(
            "ResourceNotFoundException",
            `Secrets Manager can't find the specified secret value for ${id}.`,
        );
    }
    return { ARN: id, SecretString: text, VersionStages: [currentStage] };
}
