import assert from "node:assert/strict";
import { type Delivery, password, type Project } from "../support/delivery";
import { fencesOf } from "../support/documents";
import { beforeBootstrapped, customers, denied, orders, type Users } from "../support/users";

// The steps of docs/writing-changes.md, with the SQL that is written there. The administrator has the rights of an RDS
// master user and no more.

const shown = fencesOf("docs/writing-changes.md")
    .filter(({ language, content }) => language === "sql" && content.includes("shop_service"))
    .map(({ content }) => content);
const [create, grant] = shown as [string, string];
const service = { name: "shop_service", password: "serves" };

describe("a user for an application", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    /** The release that granted. */
    let granted: string;
    beforeBootstrapped((scene) => {
        ({ delivery, project, users } = scene);
    });

    const changeset = () => grant.replace("--liquibase formatted sql\n", "").trim();

    async function deploy(): Promise<string[]> {
        project.nextExecution();
        await users.run("deploy", users.migrator);
        return project.deployment().changesets.map(({ id }) => id);
    }

    it("is shown in two steps", () => {
        assert.equal(shown.length, 2);
        assert.match(create, /^CREATE ROLE shop_service LOGIN;$/m);
    });

    it("is not created by a migration", async () => {
        project.changelog(`--changeset me:creates\n${create}--rollback DROP ROLE shop_service;`);
        project.nextExecution();
        assert.match(
            await users.run("deploy", users.migrator, 2),
            /error needs-administrator in changelog\.sql::creates::me/,
        );
    });

    it("keeps the granting changeset pending until it exists", async () => {
        project.changelog(customers, changeset());
        assert.deepEqual(await deploy(), ["customers"]);
        assert.deepEqual(await deploy(), []);
        await users.run("plan", users.planner);
        const { changes, passedOver = [] } = project.plan();
        assert.deepEqual(changes, []);
        assert.deepEqual(
            passedOver.map(({ id }) => id),
            ["009-shop-service-grants"],
        );
    });

    it("has the changeset's privileges once it exists, also on tables of later migrations, without drift", async () => {
        const administrator = await delivery.server.connect(project.database, "dbowner", password);
        await administrator.query(create);
        await administrator.query(`ALTER ROLE ${service.name} PASSWORD '${service.password}'`);
        await administrator.end();
        assert.deepEqual(await deploy(), ["009-shop-service-grants"]);
        granted = project.releaseId;
        project.changelog(customers, changeset(), orders);
        await users.run("plan", users.planner);
        assert.equal(project.plan().drift?.result, "None");
        assert.deepEqual(await deploy(), ["orders"]);
        for (const allowed of ["INSERT INTO customers VALUES (1)", "SELECT * FROM orders", "DELETE FROM orders"]) {
            assert.equal(await users.refusal(service, allowed), undefined, allowed);
        }
        for (const forbidden of ["CREATE TABLE mine ()", "TRUNCATE customers", "SELECT * FROM databasechangelog"]) {
            assert.equal(await users.refusal(service, forbidden), denied, forbidden);
        }
    });

    it("has no privileges once the release is rolled back", async () => {
        project.nextExecution();
        await users.run("rollback", users.migrator, 0, { ROLLBACK_TO: granted });
        assert.equal(await users.refusal(service, "SELECT * FROM customers"), denied);
    });
});
