import assert from "node:assert/strict";
import { Artifacts, StageActions, Stages } from "../components/contract";
import { recordStack } from "./policy/stack";
import { documents, textOf } from "./support/documents";
import type { Recorded } from "./support/mocks";

// Names that a person copies from a document are those that the program gives.

const texts = documents.filter((document) => document.startsWith("docs/")).map(textOf);
/** What a pattern finds in all documents, each once. */
const found = (pattern: RegExp) => [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!))),
];

describe("the names in the documents", () => {
    let resources: Recorded[];

    before(async () => {
        resources = await recordStack("prod", { rehearsal: "true" });
    });

    const named = (type: string) =>
        resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs.name as string);

    it("of log groups are those of the builds", () => {
        const suffixes = ["deploy", ...found(/`-(\w+)`/g)];
        assert.ok(suffixes.length >= 5, suffixes.join());
        const missing = suffixes.filter(
            (suffix) =>
                !named("aws:cloudwatch/logGroup:LogGroup").includes(`/aws/codebuild/aurora-pipeline-prod-${suffix}`),
        );
        assert.deepEqual(missing, []);
    });

    it("of approvals are a stage's and an action's of the pipeline", () => {
        const approvals = found(/:aurora-pipeline-prod\/(\w+\/\w+)"/g);
        const expected = [Stages.deploy, Stages.rollback].map((stage) => `${stage}/${StageActions.approve}`);
        assert.deepEqual(approvals.sort(), expected.sort());
        assert.ok(named("aws:codepipeline/pipeline:Pipeline").includes("aurora-pipeline-prod"));
    });

    it("of artifacts and stages in commands exist", () => {
        const artifacts = found(/\?name=='(\w+)'/g);
        const stages = found(/\?stageName=='(\w+)'|--stage-name \w+/g).filter(Boolean);
        assert.ok(artifacts.length > 0 && stages.length > 0);
        assert.deepEqual(
            artifacts.filter((name) => !(Object.values(Artifacts) as string[]).includes(name)),
            [],
        );
        assert.deepEqual(
            stages.filter((name) => !(Object.values(Stages) as string[]).includes(name)),
            [],
        );
    });
});
