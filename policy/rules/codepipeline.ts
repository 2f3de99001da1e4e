import { equals } from "../conditions";
import { get, hasUnknown, list } from "../resource";
import { type Rule, findings, property, resourceRule } from "../rule";
import { Types } from "./types";

interface Action {
    category: string;
    provider: string;
}
interface Stage {
    name: string;
    actions: Action[];
}

/** The stage that changes the database. */
const deployStage = "Deploy";

export const codepipelineRules: Rule[] = [
    resourceRule({
        id: "codepipeline-artifacts-key",
        controls: ["CKV_AWS_219"],
        title: "A key encrypts the pipeline's artifacts",
        types: [Types.pipeline],
        allowed: "encryptionKey of type KMS",
        fix: "Set kmsKeyArn of DbPipeline, or leave it: DbPipeline makes a key.",
        check({ properties }) {
            return list(properties, "artifactStores").flatMap((store, index) =>
                findings({
                    what: `artifactStores[${index}].encryptionKey`,
                    given: get(store, "encryptionKey"),
                    valid: get(store, "encryptionKey.type") === "KMS" && get(store, "encryptionKey.id") !== undefined,
                }),
            );
        },
    }),
    property({
        id: "codepipeline-v2",
        controls: ["change control"],
        title: "The pipeline has conditions and variables",
        type: Types.pipeline,
        property: "pipelineType",
        both: equals("V2"),
        fix: "Set pipelineType; DbPipeline does.",
    }),
    property({
        id: "codepipeline-queued",
        controls: ["change control"],
        title: "One execution does not overtake or replace another",
        type: Types.pipeline,
        property: "executionMode",
        both: equals("QUEUED"),
        fix: "Set executionMode; DbPipeline does.",
    }),
    resourceRule({
        id: "codepipeline-approval",
        controls: ["change control"],
        title: "A person approves before the database changes",
        types: [Types.pipeline],
        allowed: { prod: `a manual approval in a stage before ${deployStage}` },
        fix: "Set approval of DbPipeline.",
        check({ properties }) {
            const stages = list<Stage>(properties, "stages");
            const deploy = stages.findIndex(({ name }) => name === deployStage);
            const before = stages.slice(0, deploy === -1 ? stages.length : deploy);
            return findings({
                what: "stages",
                given: stages.map(({ name }) => name),
                valid: stages.length === 0 || before.some((stage) => list<Action>(stage, "actions").some(isApproval)),
            });
        },
    }),
    resourceRule({
        id: "codepipeline-no-pull-request-trigger",
        controls: ["change control"],
        title: "A pull request does not start a pipeline that can deploy",
        types: [Types.pipeline],
        allowed: "triggers on pushes only",
        fix: "Remove pullRequests; unreviewed SQL would run.",
        check({ properties }) {
            return list(properties, "triggers").flatMap((trigger, index) => {
                const given = get(trigger, "gitConfiguration.pullRequests");
                const valid = hasUnknown(given) || list(trigger, "gitConfiguration.pullRequests").length === 0;
                return findings({ what: `triggers[${index}].gitConfiguration.pullRequests`, given, valid });
            });
        },
    }),
];

function isApproval({ category, provider }: Action): boolean {
    return category === "Approval" && provider === "Manual";
}
