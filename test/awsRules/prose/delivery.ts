import type { Inputs } from "../inputs";
import type { ProseRule } from "../rule";
import { matches } from "./checks";

const pipeline = ["aws:codepipeline/pipeline:Pipeline"];

interface Action {
    name: string;
    category: string;
    configuration?: Record<string, string>;
    inputArtifacts?: string[];
    outputArtifacts?: string[];
    timeoutInMinutes?: number;
}

function actionsOf({ stages }: Inputs): Action[] {
    return (stages as { actions: Action[] }[]).flatMap(({ actions }) => actions);
}

/** CodeBuild adds it to a project by itself, and leaves one that is there. */
const autoDiscover = "CODEBUILD_CONFIG_AUTO_DISCOVER";

const reference = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html";

export const deliveryRules: ProseRule[] = [
    {
        id: "connection-name-once",
        types: ["aws:codeconnections/connection:Connection"],
        source: {
            service: "codeconnections",
            shape: "Connection",
            member: "ConnectionName",
            says: "Connection names must be unique in an Amazon Web Services account.",
        },
        // The name is ours, and another provider replaces the connection.
        check: ({ name }, { deleteBeforeReplace }) =>
            deleteBeforeReplace ? undefined : `${JSON.stringify(name)} is still taken when the connection is replaced`,
    },
    {
        id: "approval-text",
        types: pipeline,
        source: {
            page: "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html",
            noted: "2026-11-29",
            says: "An approval's comments (CustomData) have at most 1,000 characters.",
        },
        check: (inputs) =>
            actionsOf(inputs)
                .filter(({ configuration }) => (configuration?.["CustomData"] ?? "").length > 1000)
                .map(({ name }) => `${name}: CustomData`)[0],
    },
    {
        id: "artifacts-made-once",
        types: pipeline,
        source: {
            page: reference,
            noted: "2026-11-29",
            says: "Output artifact names must be unique within a pipeline; an input artifact must be the output of an earlier action.",
        },
        check: (inputs) => {
            const made: string[] = [];
            for (const { actions } of inputs.stages as { actions: Action[] }[]) {
                const missing = actions.flatMap(({ inputArtifacts = [] }) => inputArtifacts);
                const own = actions.flatMap(({ outputArtifacts = [] }) => outputArtifacts);
                const wrong = missing.find((name) => !made.includes(name) && !own.includes(name));
                if (wrong !== undefined) return `${wrong} is read before it is made`;
                const twice = own.find((name) => made.includes(name));
                if (twice !== undefined) return `${twice} is made twice`;
                made.push(...own);
            }
            return undefined;
        },
    },
    {
        id: "approval-timeout",
        types: pipeline,
        source: {
            service: "codepipeline",
            shape: "ActionDeclaration",
            member: "timeoutInMinutes",
            says: "This attribute is available only to the manual approval ActionType.",
        },
        check: (inputs) =>
            actionsOf(inputs)
                .filter(({ timeoutInMinutes, category }) => timeoutInMinutes !== undefined && category !== "Approval")
                .map(({ name }) => `${name}: timeoutInMinutes`)[0],
    },
    {
        id: "first-stage",
        types: pipeline,
        source: {
            page: reference,
            noted: "2026-11-29",
            says: "The first stage has source actions only, no other stage has any; a pipeline has at least two stages.",
        },
        check: ({ stages }) => {
            const [first, ...others] = stages as { actions: Action[] }[];
            const sources = (list: Action[]) => list.filter(({ category }) => category === "Source").length;
            const right =
                first !== undefined &&
                others.length > 0 &&
                sources(first.actions) === first.actions.length &&
                others.every(({ actions }) => sources(actions) === 0);
            return right ? undefined : "source actions elsewhere than in the first stage";
        },
    },
    {
        id: "lambda-function-name",
        types: ["aws:serverlessrepository/cloudFormationStack:CloudFormationStack"],
        source: {
            page: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
            noted: "2026-11-29",
            says: "The function name is limited to 64 characters: letters, digits, hyphens and underscores.",
        },
        check: ({ parameters }) => matches("functionName", /^[A-Za-z0-9_-]{1,64}$/)(parameters as Inputs),
    },
    {
        id: "stack-name",
        types: ["aws:serverlessrepository/cloudFormationStack:CloudFormationStack"],
        source: {
            page: "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html",
            noted: "2026-11-29",
            says: "A stack name can contain only alphanumeric characters and hyphens, starts with a letter and has at most 128 characters.",
        },
        // The application repository puts `serverlessrepo-` before it.
        check: matches("name", /^[A-Za-z][A-Za-z0-9-]{0,112}$/),
    },
    {
        id: "build-variable-names",
        types: ["aws:codebuild/project:Project"],
        source: {
            page: "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html",
            noted: "2026-11-29",
            says: "Names of variables that begin with CODEBUILD_ are reserved.",
        },
        check: ({ environment }) =>
            (((environment as Inputs).environmentVariables ?? []) as { name: string }[])
                .map(({ name }) => name)
                .find(
                    (name) =>
                        (name.startsWith("CODEBUILD_") && name !== autoDiscover) ||
                        !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
                ),
    },
];
