import * as assert from "node:assert/strict";
import { tooDeep } from "../../../../../scripts/delivery/tools/liquibase/liquibase";
import type { ChangesetEvent, CommandResult } from "../../../../../scripts/delivery/tools/events";

describe("a command that exceeds Java's stack", () => {
    const event = (name: "willRun" | "ran", id: string): ChangesetEvent => ({
        event: name,
        id,
        author: "me",
        file: "changelog.yaml",
        runInTransaction: true,
    });
    const result = (more: Partial<CommandResult> = {}): CommandResult => ({
        exitCode: 1,
        events: [event("willRun", "one"), event("ran", "one"), event("willRun", "two")],
        messages: ["Unexpected error running Liquibase: java.lang.StackOverflowError"],
        ...more,
    });

    it("is explained by the changeset that was not finished", () => {
        assert.equal(
            tooDeep(result()),
            "changelog.yaml::two::me is nested more deeply than Liquibase can read (StackOverflowError).",
        );
    });

    it("is not reported for other failures, nor outside of a changeset", () => {
        assert.equal(tooDeep(result({ messages: ["Unexpected error running Liquibase: no"] })), undefined);
        assert.equal(tooDeep(result({ events: [event("ran", "one")] })), undefined);
        assert.equal(tooDeep(result({ exitCode: 0 })), undefined);
    });
});
