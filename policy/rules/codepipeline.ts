import { equals } from "../conditions";
import { get, hasUnknown, list } from "../resource";
import { type Rule, findings, property, resourceRule } from "../rule";
import { Types } from "./types";

interface Action {
    name: string;
    category: string;
    provider: string;
    runOrder?: number;
}
interface Stage {
    name: string;
    actions: Action[];
}

/** The stages that change the database, each with the action that does. */
const changingStages = ["Rollback", "Deploy"];

export const codepipelineRules: Rule[] = [
    resourceRule({
        id: "codepipeline-artifacts-key",
        controls: ["CKV_AWS_219"],
        title: "A key encrypts the pipeline's artifacts",
        types: [Types.pipeline],
        allowed: "encryptionKey of type KMS",
        fix: "Set kmsKeyArn of DbPipeline, or omit it: DbPipeline then creates a key.",
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
        title: "The pipeline supports conditions and variables",
        type: Types.pipeline,
        property: "pipelineType",
        both: equals("V2"),
        fix: "Set pipelineType; DbPipeline does.",
    }),
    property({
        id: "codepipeline-queued",
        controls: ["change control"],
        title: "Executions do not overtake or replace each other",
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
        // In the same stage: between two stages, another execution may change the database.
        allowed: { prod: "a manual approval in the same stage, before the action that changes the database" },
        fix: "Set approval of DbPipeline.",
        check({ properties }) {
            const stages = list<Stage>(properties, "stages");
            if (!stages.some(({ name }) => changingStages.includes(name))) {
                // For a pipeline that DbPipeline did not create, it is unknown which stage changes a database.
                return findings({
                    what: "stages",
                    given: stages.map(({ name }) => name),
                    valid:
                        stages.length === 0 || stages.some((stage) => list<Action>(stage, "actions").some(isApproval)),
                });
            }
            return stages
                .filter(({ name }) => changingStages.includes(name))
                .flatMap((stage) => {
                    const actions = list<Action>(stage, "actions");
                    const changing = actions.find(({ name }) => name === stage.name);
                    const approved = actions.some(
                        (action) => isApproval(action) && changing !== undefined && order(action) < order(changing),
                    );
                    return findings({
                        what: `stage ${stage.name}`,
                        given: actions.map(({ name }) => name),
                        valid: approved,
                    });
                });
        },
    }),
    resourceRule({
        id: "codepipeline-no-pull-request-trigger",
        controls: ["change control"],
        title: "A pull request does not start a pipeline that can deploy",
        types: [Types.pipeline],
        allowed: "triggers on pushes only",
        fix: "Remove pullRequests; they would run unreviewed SQL.",
        check({ properties }) {
            return list(properties, "triggers").flatMap((trigger, index) => {
                const given = get(trigger, "gitConfiguration.pullRequests");
                const valid = hasUnknown(given) || list(trigger, "gitConfiguration.pullRequests").length === 0;
                return findings({ what: `triggers[${index}].gitConfiguration.pullRequests`, given, valid });
            });
        },
    }),
];

function order({ runOrder = 1 }: Action): number {
    return runOrder;
}

function isApproval({ category, provider }: Action): boolean {
    return category === "Approval" && provider === "Manual";
}
