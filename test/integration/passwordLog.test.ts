import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { escapeIdentifier, escapeLiteral } from "pg";
import { engines, type Parameter } from "../../components/shared/engines";
import { type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";
import { beforeBootstrapped, type Users } from "../support/users";

// What AWS's rotation function for one PostgreSQL user sends (set_secret of SecretsManagerRDSPostgreSQLRotationSingleUser):
// the password is a literal in the statement. RDS exports the server's log to CloudWatch, which keeps it for months.

const statement = (user: string, password: string) =>
    `ALTER USER ${escapeIdentifier(user)} WITH PASSWORD ${escapeLiteral(password)}`;

/** Parameters that only RDS's PostgreSQL has, or a library that this server lacks. */
const isForeign = ({ name }: Parameter) => name.includes(".") || name === "shared_preload_libraries";

describe("a rotated password", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    beforeBootstrapped((scene) => {
        ({ delivery, project, users } = scene);
    });

    const serverLog = () => readFileSync(delivery.server.server.log, "utf8");

    /** When the server, and so each session that begins, last read its parameters. */
    async function loaded(): Promise<Date> {
        const [row] = await project.query<{ at: Date }>("SELECT pg_conf_load_time() AS at");
        return row!.at;
    }

    /** What the server writes while the work is done with these parameters. */
    async function logOf(parameters: readonly { name: string; value: string }[], work: () => Promise<void>) {
        const administrator = await delivery.server.administrate();
        try {
            for (const { name, value } of parameters) {
                await administrator.query(`ALTER SYSTEM SET ${name} = ${escapeLiteral(value)}`);
            }
            const before = await loaded();
            await administrator.query("SELECT pg_reload_conf()");
            await eventually("the server has taken the parameters", async () => (await loaded()) > before);
            const from = serverLog().length;
            await work();
            return serverLog().slice(from);
        } finally {
            for (const { name } of parameters) await administrator.query(`ALTER SYSTEM RESET ${name}`);
            await administrator.query("SELECT pg_reload_conf()");
            await administrator.end();
        }
    }

    /** Each way in which PostgreSQL would write a statement: as a change, slow behind a lock, failed, cancelled, misspelt. */
    async function rotateInEveryWay(password: string): Promise<void> {
        const { name } = users.migrator;
        const user = await delivery.server.connect("postgres", name, users.migrator.password);
        const other = await delivery.server.administrate();
        try {
            await user.query(statement(name, password));
            users.migrator.password = password;

            await other.query("BEGIN");
            await other.query(`ALTER ROLE ${escapeIdentifier(name)} CONNECTION LIMIT 50`);
            const slow = user.query(statement(name, password));
            // By the server's clock: it logs a wait after deadlock_timeout, a second.
            await eventually("the statement has waited for more than a second", async () => {
                const waits = `SELECT FROM pg_stat_activity WHERE usename = ${escapeLiteral(name)}
                    AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '1.2 s'`;
                return (await project.query(waits)).length === 1;
            });
            await other.query("ROLLBACK");
            await slow;

            await other.query("BEGIN");
            await other.query(`ALTER ROLE ${escapeIdentifier(name)} CONNECTION LIMIT 50`);
            await user.query("SET statement_timeout = 1200");
            await assert.rejects(user.query(statement(name, password)), { code: "57014" });
            await other.query("ROLLBACK");

            await user.query("SET default_transaction_read_only = on");
            await assert.rejects(user.query(statement(name, password)), { code: "25006" });
            await assert.rejects(user.query(`${statement(name, password)} NOW`), { code: "42601" });
        } finally {
            await user.end();
            await other.end();
        }
    }

    it("is in no log with the cluster's parameters, whether the rotation works, waits or fails", async () => {
        const { clusterParameters, auditParameters, instanceParameters } = engines["aurora-postgresql"];
        const parameters = [...clusterParameters, ...auditParameters, ...instanceParameters];
        const password = "rotated in every way";
        const log = await logOf(
            parameters.filter((parameter) => !isForeign(parameter)),
            () => rotateInEveryWay(password),
        );
        assert.match(log, /still waiting for/);
        assert.match(log, /cannot execute ALTER ROLE in a read-only transaction/);
        assert.ok(!log.includes(password), log);
    });

    const leaks: [name: string, value: string, line: RegExp][] = [
        ["log_statement", "ddl", /LOG: {2}statement: ALTER USER/],
        ["log_min_duration_statement", "1000", /duration: .* statement: ALTER USER/],
        ["log_min_error_statement", "error", /STATEMENT: {2}ALTER USER/],
    ];
    for (const [name, value, line] of leaks) {
        it(`would be in the log with ${name} = ${value}`, async () => {
            const others = engines["aurora-postgresql"].clusterParameters.filter((one) => one.name !== name);
            const password = `rotated with ${name}`;
            const log = await logOf([...others.filter((one) => !isForeign(one)), { name, value }], () =>
                rotateInEveryWay(password),
            );
            assert.match(log, line);
            assert.ok(log.includes(password));
        });
    }
});
