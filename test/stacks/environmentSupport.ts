import { settingsFrom } from "../../stacks/config";
import { createEnvironment } from "../../stacks/environment";
import { type Properties, record, type Recording } from "../support/mocks";

export const existingVpc = {
    vpcId: "vpc-0123456789abcdef0",
    privateSubnetIds: '["subnet-0123456789abcdef0"]',
    isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
};

/** An environment of the profile dev with this config. */
export function environment(config: Record<string, string>, call?: (token: string) => Properties | undefined) {
    const given = { repository: "my-org/my-repository", ...config };
    const present = Object.entries(given).filter(([, value]) => value !== "");
    const values = Object.fromEntries(present.map(([key, value]) => [`project:${key}`, value]));
    const settings = settingsFrom({ project: "project", stack: "dev", values });
    return record(() => createEnvironment("orders", settings), { call });
}

export const actions = ({ one }: Recording<unknown>) =>
    (one("aws:codepipeline/pipeline:Pipeline").inputs.stages as { actions: Properties[] }[]).flatMap(
        (stage) => stage.actions,
    );
