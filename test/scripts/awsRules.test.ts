import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { awsRulesDocument, awsRulesFile } from "../../scripts/awsRules";
import { proseRules } from "../awsRules/prose";
import { problemsOf } from "../awsRules/shapes";

describe("docs/aws-rules.md", () => {
    it("is up to date (npm run rules)", () => {
        assert.equal(readFileSync(awsRulesFile, "utf8"), awsRulesDocument());
    });

    it("has each rule once", () => {
        const ids = proseRules.map(({ id }) => id);
        assert.deepEqual(ids, [...new Set(ids)]);
    });
});

describe("a value held to an API model", () => {
    const shapes = {
        Request: {
            type: "structure",
            required: ["Name"],
            members: {
                Name: { shape: "Name" },
                Mode: { shape: "Mode" },
                Count: { shape: "Count" },
                Tags: { shape: "Tags" },
                Names: { shape: "Names" },
                On: { shape: "On" },
            },
        },
        Name: { type: "string", min: 2, max: 4, pattern: "[a-z]+" },
        Mode: { type: "string", enum: ["A", "B"] },
        Count: { type: "integer", min: 1, max: 9 },
        Tags: { type: "map", key: { shape: "Name" }, value: { shape: "Mode" }, max: 1 },
        Names: { type: "list", member: { shape: "Name" }, min: 1 },
        On: { type: "boolean" },
    };
    const cases: [unknown, string[]][] = [
        [{ Name: "abc", Mode: "B", Count: 9, Tags: { ab: "A" }, Names: ["ab"], On: false }, []],
        [{}, [": Name is required"]],
        [{ Name: "a" }, ['Name: "a": 1 characters, at least 2']],
        [{ Name: "abcde" }, ['Name: "abcde": 5 characters, at most 4']],
        [{ Name: "abC" }, ['Name: "abC" does not match [a-z]+']],
        [{ Name: 3 }, ["Name: 3 is no text"]],
        [{ Name: "ab", Mode: "C" }, ['Mode: "C" is none of A, B']],
        [{ Name: "ab", Count: 0 }, ["Count: 0: 0, at least 1"]],
        [{ Name: "ab", Count: 1.5 }, ["Count: 1.5 is not whole"]],
        [{ Name: "ab", Count: "1" }, ['Count: "1" is no number']],
        [{ Name: "ab", Other: 1 }, ["Other: no such member"]],
        [{ Name: "ab", Names: [] }, ["Names: 0 items, at least 1"]],
        [{ Name: "ab", Names: ["ab", "c"] }, ['Names[1]: "c": 1 characters, at least 2']],
        [{ Name: "ab", Names: "ab" }, ['Names: "ab" is no list']],
        [{ Name: "ab", Tags: { ab: "A", cd: "A" } }, ["Tags: 2 entries, at most 1"]],
        [
            { Name: "ab", Tags: { A: "A" } },
            ['Tags, key A: "A": 1 characters, at least 2', 'Tags, key A: "A" does not match [a-z]+'],
        ],
        [{ Name: "ab", On: "false" }, ['On: "false" is neither true nor false']],
    ];
    for (const [value, problems] of cases) {
        it(JSON.stringify(value), () => {
            assert.deepEqual(problemsOf({ shapes }, "Request", value), problems);
        });
    }
});
