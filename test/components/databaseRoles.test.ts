import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseGrant, roleData, type RoleDataKey } from "../../components/databaseRoles";
import { settingsFrom } from "../../stacks/config";
import { fencesOf } from "../support/documents";

describe("roles and extensions of the stack's config", () => {
    it("are in the documents as the config takes them", () => {
        const [shown] = fencesOf("docs/writing-changes.md").filter(
            ({ language, content }) => language === "yaml" && content.includes("applicationUsers"),
        );
        const { config } = parse(shown!.content) as { config: Record<string, unknown> };
        const values = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]));
        const project = "aurora-pipeline";
        const repository = { [`${project}:repository`]: "my-org/orders" };
        const settings = settingsFrom({ project, stack: "prod", values: { ...repository, ...values } });
        assert.deepEqual(
            settings.applicationUsers?.map(({ name }) => name),
            ["shop_service", "shop_reports"],
        );
    });

    for (const key of Object.keys(roleData) as RoleDataKey[]) {
        it(`have a valid example: ${key}`, () => {
            assert.deepEqual(roleData[key].problems(JSON.parse(roleData[key].example)), []);
        });
    }

    it("name privileges as PostgreSQL does", () => {
        assert.deepEqual(parseGrant("SELECT, INSERT ON TABLES IN SCHEMA shop"), {
            privileges: ["SELECT", "INSERT"],
            objects: "TABLES",
            schema: "shop",
        });
        assert.deepEqual(parseGrant("SELECT ON TABLE shop.orders"), {
            privileges: ["SELECT"],
            objects: "TABLE",
            schema: "shop",
            table: "orders",
        });
        assert.equal(parseGrant("TRIGGER ON TABLES"), undefined);
    });

    it("say everything that is wrong with them at once", () => {
        assert.deepEqual(
            roleData.applicationUsers.problems([
                { name: "pg_a", auth: "x" },
                { name: "b", grants: ["ALL"] },
            ]).length,
            3,
        );
    });
});
