import assert from "node:assert/strict";
import { Permissions } from "../../../scripts/local/cloud/permissions";
import { resource } from "./support";

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

function policy(name: string, ...statements: object[]) {
    const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    return resource("aws:iam/rolePolicy:RolePolicy", name, { role: "build", policy: document });
}

function allow(action: string, resources: string | string[], more: object = {}) {
    return { Effect: "Allow", Action: [action], Resource: resources, ...more };
}

describe("local run: what roles may do", () => {
    const permissions = Permissions.of([
        policy("one", allow("rds-db:connect", "arn:dbuser:cluster-*/app"), allow("s3:Get*", ["arn:a", "arn:b"])),
        policy(
            "two",
            { Effect: "Deny", Action: "rds-db:connect", Resource: "arn:dbuser:cluster-SOURCE/*" },
            allow("kms:Decrypt", "*", { Condition: { StringEquals: { "kms:ViaService": "rds" } } }),
        ),
    ]);
    const may = (action: string, on: string, who = "build") => permissions.allow(role(who), action, on);

    it("is what one of their policies allows, and none denies", () => {
        assert(may("rds-db:connect", "arn:dbuser:cluster-CLONE/app"));
        assert(!may("rds-db:connect", "arn:dbuser:cluster-SOURCE/app"));
        assert(!may("rds-db:connect", "arn:dbuser:cluster-CLONE/other"));
        assert(!may("rds-db:delete", "arn:dbuser:cluster-CLONE/app"));
    });

    it("takes wildcards and lists as IAM does, and dots as dots", () => {
        assert(may("s3:GetObject", "arn:b"));
        assert(!may("s3:GetObject", "arn:c"));
        assert(!may("s3:PutObject", "arn:a"));
        assert(!Permissions.of([policy("dot", allow("a:b", "x.y"))]).allow(role("build"), "a:b", "xzy"));
    });

    it("is nothing for another role, nor by a statement whose condition it cannot judge", () => {
        assert(!may("s3:GetObject", "arn:a", "other"));
        assert(!may("kms:Decrypt", "arn:key"));
    });
});
