import * as assert from "node:assert/strict";
import { beforeDelivery, type Delivery } from "../support/delivery";
import { type Account, Users } from "../support/users";

// AWS's rotation function for one user logs in as the user, to the database that the secret names, and changes the
// user's own password: `ALTER USER … WITH PASSWORD …`.

describe("the rotation of a user's password", () => {
    let delivery: Delivery;
    beforeDelivery((started) => {
        delivery = started;
    });

    /** What the function does, in this database; the code of the server's refusal, if it refuses. */
    async function rotate({ name, password }: Account, database: string, next: string): Promise<string | undefined> {
        const client = await delivery.server.connect(database, name, password);
        try {
            await client.query(`ALTER USER "${name}" WITH PASSWORD '${next}'`);
            return undefined;
        } catch (error) {
            return (error as { code: string }).code;
        } finally {
            await client.end();
        }
    }

    it("works for both in the database postgres, where they are themselves; builds go on with the new one", async () => {
        const project = await delivery.project();
        const users = new Users(delivery, project);
        project.changelog("--changeset me:a\nCREATE TABLE a (id int);\n--rollback DROP TABLE a;");
        await users.bootstrap();

        assert.equal(await rotate(users.migrator, "postgres", "migrates next"), undefined);
        assert.equal(await rotate(users.planner, "postgres", "plans next"), undefined);
        await users.run("plan", { ...users.planner, password: "plans next" });
        assert.equal(project.plan().changes.length, 1);
    });

    it("would fail in their own database: one is its owner there, the other may not write", async () => {
        const project = await delivery.project();
        const users = new Users(delivery, project);
        await users.bootstrap();

        const insufficientPrivilege = "42501";
        const readOnlyTransaction = "25006";
        assert.equal(await rotate(users.migrator, project.database, "next"), insufficientPrivilege);
        assert.equal(await rotate(users.planner, project.database, "next"), readOnlyTransaction);
    });
});
