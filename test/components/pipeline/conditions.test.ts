import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { checkVariables, type Stage } from "../../../components/pipeline/conditions";
import { splicedForms } from "../../../components/contract";
import type { SourceProvider } from "../../../components/pipeline/source";
import { actionVariables } from "../../../scripts/local/codeBuild/environment";
import { failureOf } from "../../../scripts/local/pipeline/conditions";
import type { Condition } from "../../../scripts/local/pipeline/model";
import { Variables } from "../../../scripts/local/pipeline/variables";
import { anyText } from "../../support/text";
import { nonEmpty } from "../../support/nonEmpty";

interface PlainStage {
    name: string;
    beforeEntry?: { condition: { result: string; rules: { name: string; configuration: Record<string, string> }[] } };
}

const own = { name: "Own", configuration: { Variable: "#{variables.ROLLBACK_TO}", Operator: "EQ", Value: "none" } };
const conditional = (name: string) => ({ name, beforeEntry: { condition: { result: "SKIP", rules: [own] } } });

function checked(stages: PlainStage[], provider: SourceProvider = "GitHub"): PlainStage[] {
    return checkVariables(stages as unknown as Stage[], provider) as unknown as PlainStage[];
}
const rulesOf = ({ beforeEntry }: PlainStage) => beforeEntry?.condition.rules.map(({ name }) => name);

/** The condition as the local run reads it. */
function condition({ beforeEntry }: PlainStage): Condition {
    const { result, rules } = beforeEntry!.condition;
    return {
        result: result as Condition["result"],
        rules: rules.map(({ name, configuration }) => ({
            provider: "VariableCheck",
            name,
            variable: configuration["Variable"]!,
            operator: configuration["Operator"] as "MATCHES",
            value: configuration["Value"]!,
        })),
    };
}

describe("the check of variables", () => {
    const forms = ["RollbackToIsATag", "RevisionIsOne"];

    it("fails the first stage after the sources, before any build", () => {
        const [source, first, later] = checked([{ name: "Source" }, { name: "Bootstrap" }, { name: "Plan" }]);
        assert.equal(source!.beforeEntry, undefined);
        assert.equal(first!.beforeEntry!.condition.result, "FAIL");
        assert.deepEqual(rulesOf(first!), forms);
        assert.equal(later!.beforeEntry, undefined);
    });

    it("joins the first stage's own conditions", () => {
        const stages = checked([{ name: "Source" }, conditional("Deploy"), conditional("Rollback")]);
        assert.deepEqual(stages.map(rulesOf), [undefined, ["Own", ...forms], ["Own", ...forms]]);
        assert.equal(stages[1]!.beforeEntry!.condition.result, "SKIP");
    });

    it("asks for the version of an object, or for the commit of a repository", () => {
        const variableOf = (provider: SourceProvider) =>
            checked([{ name: "Source" }, { name: "Plan" }], provider)[1]!.beforeEntry!.condition.rules[1]!
                .configuration;
        assert.equal(variableOf("S3")["Variable"], "#{SourceVariables.VersionId}");
        assert.equal(variableOf("CodeCommit")["Variable"], "#{SourceVariables.CommitId}");
    });

    it("has regular expressions with the same meaning in Java and JavaScript", () => {
        for (const form of nonEmpty(Object.values(splicedForms))) {
            assert.match(form, /^\^[A-Za-z0-9[\]{},/+=._~-]+\$$/);
        }
    });

    describe("does not let typed text become another variable", () => {
        const [, plan] = checked([{ name: "Source" }, { name: "Plan" }]);
        const configuration = {
            EnvironmentVariables: JSON.stringify([
                { name: "SOURCE_REVISION", value: "#{SourceVariables.CommitId}", type: "PLAINTEXT" },
                { name: "ROLLBACK_TO", value: "#{variables.ROLLBACK_TO}", type: "PLAINTEXT" },
            ]),
        };
        const start = (rollbackTo: string, revision = "0123456789abcdef0123456789abcdef01234567") =>
            Variables.of({ variables: { ROLLBACK_TO: rollbackTo }, SourceVariables: { CommitId: revision } });
        const become = (variables: Variables) => actionVariables(variables.resolveAll(configuration));
        const forged = 'none","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--require ./x.js';

        it("although CodePipeline would substitute it", () => {
            assert.deepEqual(
                become(start(forged)).map(({ name }) => name),
                ["SOURCE_REVISION", "ROLLBACK_TO", "NODE_OPTIONS"],
            );
            assert.match(failureOf(condition(plan!), start(forged))!, /^rule RollbackToIsATag: /);
            assert.match(failureOf(condition(plan!), start("none", forged))!, /^rule RevisionIsOne: /);
        });

        it("whatever it is", () => {
            const pieces = fc.array(
                fc.oneof(
                    anyText(),
                    fc.constantFrom('"', "\\", "},{", '"name":', "#{variables.ROLLBACK_TO}", "\n", "release-1"),
                ),
            );
            fc.assert(
                fc.property(pieces, pieces, (tag, revision) => {
                    const variables = start(tag.join(""), revision.join(""));
                    if (failureOf(condition(plan!), variables) === undefined) {
                        assert.deepEqual(become(variables), [
                            { name: "SOURCE_REVISION", value: revision.join(""), type: "PLAINTEXT" },
                            { name: "ROLLBACK_TO", value: tag.join(""), type: "PLAINTEXT" },
                        ]);
                    }
                }),
            );
        });

        it("and accepts the names of releases", () => {
            for (const tag of ["none", "release-abcdef0-01234567", "release-0-0", "v1.2_3"]) {
                assert.equal(failureOf(condition(plan!), start(tag)), undefined, tag);
            }
        });
    });
});
