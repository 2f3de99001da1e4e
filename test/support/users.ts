import * as assert from "node:assert/strict";
import type { Client } from "pg";
import { connect } from "../../scripts/local/database/provision";
import { beforeDelivery, beforeEachCopy, beforeEachProject, type Delivery, type Project } from "./delivery";

/** The users of a project's database, as the bootstrap makes them. */
export class Users {
    readonly owner: string;
    readonly migrator: Account;
    readonly planner: Account;

    constructor(
        private readonly delivery: Delivery,
        private readonly project: Project,
        /** Whether IAM says who they are; else each has a password. */
        private readonly iam = false,
    ) {
        this.owner = `${project.database}_owner`;
        this.migrator = { name: `${project.database}_migrator`, password: `migrates ${project.database} "&<%` };
        this.planner = { name: `${project.database}_planner`, password: `plans ${project.database} 'ü$` };
    }

    /** Runs the bootstrap as the administrator; returns what it said. */
    bootstrap(code = 0, environment: Record<string, string | undefined> = {}): Promise<string> {
        return this.build("bootstrap", code, { ...this.variables(), ...environment });
    }

    /** Runs a build that connects as one of them; returns what it said. */
    run(action: string, account: Account, code = 0, environment: Record<string, string> = {}): Promise<string> {
        return this.build(action, code, { ...this.login(account), ...environment });
    }

    /** The server's answer to statements of a user: nothing, or the code of its refusal. */
    async refusal(account: Account, sql: string): Promise<string | undefined> {
        const client = await this.connect(account);
        try {
            await client.query(sql);
            return undefined;
        } catch (error) {
            return (error as { code: string }).code;
        } finally {
            await client.end();
        }
    }

    /** Who owns what in the schema public. */
    owners(): Promise<{ name: string; owner: string }[]> {
        return this.project.query(
            `SELECT c.oid::regclass::text AS name, pg_get_userbyid(relowner) AS owner FROM pg_class c
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S') ORDER BY 1`,
        );
    }

    /** A connection as one of them; the caller ends it. */
    async connect({ name, password }: Account): Promise<Client> {
        if (!this.iam) {
            return this.delivery.server.connect(this.project.database, name, password);
        }
        const token = await this.delivery.iam!.token(name);
        return connect(this.delivery.endpoint, { name: this.project.database, user: name, password: token });
    }

    /** The variables of a build that connects as one of them. */
    private login(account: Account): Record<string, string | undefined> {
        return this.iam ? { DB_AUTHENTICATION: "Iam", DB_USERNAME: account.name, DB_PASSWORD: undefined } : as(account);
    }

    private async build(action: string, expected: number, environment: Record<string, string | undefined>) {
        const { code, output } = await this.project.build(action, { environment });
        assert.equal(code, expected, output);
        return output;
    }

    /** The variables of a bootstrap. */
    variables(): Record<string, string | undefined> {
        const secret = (password: string) => (this.iam ? undefined : password);
        return {
            BOOTSTRAP_OWNER: this.owner,
            BOOTSTRAP_MIGRATOR: this.migrator.name,
            BOOTSTRAP_MIGRATOR_PASSWORD: secret(this.migrator.password),
            BOOTSTRAP_PLANNER: this.planner.name,
            BOOTSTRAP_PLANNER_PASSWORD: secret(this.planner.password),
            // What a bootstrap has nothing of.
            PIPELINE_EXECUTION_ID: "",
            SOURCE_REVISION: "",
            MIGRATIONS_DIRECTORY: "",
        };
    }
}

export interface Account {
    name: string;
    password: string;
}

/** What a test of users has. */
export interface UsersScene {
    delivery: Delivery;
    project: Project;
    users: Users;
}

/** Starts a server for the suite, and hands each of its tests a new database whose users are not there yet. */
export function beforeEachUsers(prepare: (scene: UsersScene) => void | Promise<void>): void {
    beforeEachProject((project, delivery) => prepare({ delivery, project, users: new Users(delivery, project) }));
}

/**
 * Starts a server for the suite, and hands each of its tests a database to which the administrator has deployed the table
 * customers, and whose users are not there yet. The bootstrap hands over what he made: so the state of a database that was
 * bootstrapped and then deployed to costs one deployment for all tests.
 */
export function beforeEachMigrated(prepare: (scene: UsersScene) => void | Promise<void>): void {
    beforeEachCopy(
        async (original) => {
            original.changelog(customers);
            await original.buildEnding(0, "deploy");
        },
        (project, delivery) => prepare({ delivery, project, users: new Users(delivery, project) }),
    );
}

/** Starts a server for the suite, with one database whose users are there: its tests go on from one another. */
export function beforeBootstrapped(prepare: (scene: UsersScene) => void | Promise<void>): void {
    beforeDelivery(async (delivery) => {
        const project = await delivery.project();
        const users = new Users(delivery, project);
        await users.bootstrap();
        await prepare({ delivery, project, users });
    });
}

/** The variables of a build that connects as this user. */
export function as({ name, password }: Account): Record<string, string> {
    return { DB_USERNAME: name, DB_PASSWORD: password };
}

/** The server's code for what somebody may not do. */
export const denied = "42501";

/** Two changesets, as formatted SQL. */
export const customers =
    "--changeset me:customers\nCREATE TABLE customers (id int PRIMARY KEY, name text);\n--rollback DROP TABLE customers;";
export const orders =
    "--changeset me:orders\nCREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);\n--rollback DROP TABLE orders;";
