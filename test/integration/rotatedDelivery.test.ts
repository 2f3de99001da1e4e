import * as assert from "node:assert/strict";
import {
    CreateSecretCommand,
    GetSecretValueCommand,
    PutSecretValueCommand,
    SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Emulator } from "../support/aws/emulator";
import { skipWithoutPython } from "../support/aws/python";
import { Delivery, type Project } from "../support/delivery";
import { as, Users } from "../support/users";

// Rotation as AWS's hosted application does it: the new password becomes the secret's pending version, then the
// database's, then the secret's current one. The secret is an emulator's (moto), the database is real.

const table = (name: string) =>
    `--changeset me:${name}\nCREATE TABLE ${name} (id int);\n--rollback DROP TABLE ${name};`;

describe("a delivery beside a rotation of its password", function () {
    // The first run installs the emulator.
    this.timeout(300_000);
    const region = "eu-central-1";
    const credentials = { accessKeyId: "build", secretAccessKey: "secret" };
    let emulator: Emulator;
    let secrets: SecretsManagerClient;
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    let arn: string;

    skipWithoutPython();
    before(async () => {
        emulator = await Emulator.start();
        secrets = new SecretsManagerClient({ endpoint: emulator.endpoint, region, credentials });
        delivery = await Delivery.start();
    });
    after(async () => {
        secrets?.destroy();
        await delivery?.dispose();
        await emulator?.stop();
    });
    beforeEach(async () => {
        project = await delivery.project();
        users = new Users(delivery, project);
        project.changelog(table("one"));
        await users.bootstrap();
        const created = await secrets.send(
            new CreateSecretCommand({ Name: users.migrator.name, SecretString: text(users.migrator.password) }),
        );
        arn = created.ARN!;
    });

    const text = (password: string) =>
        JSON.stringify({ engine: "postgres", username: users.migrator.name, password, port: 5432 });

    /** The build's environment as it was read before the rotation. */
    const environment = (): Record<string, string> => ({
        ...as(users.migrator),
        DB_SECRET_ARN: arn,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: emulator.endpoint,
    });

    async function run(action: string, expected: number, more: Record<string, string> = {}): Promise<string> {
        const { code, output } = await project.build(action, { environment: { ...environment(), ...more } });
        assert.equal(code, expected, output);
        for (const password of [users.migrator.password, "second password", "third password"]) {
            assert.ok(!(output + project.everything()).includes(password), password);
        }
        return output;
    }

    const setSecret = (password: string, stage: string) =>
        secrets.send(
            new PutSecretValueCommand({ SecretId: arn, SecretString: text(password), VersionStages: [stage] }),
        );
    const setDatabase = (password: string) => project.query(`ALTER ROLE ${users.migrator.name} PASSWORD '${password}'`);

    /**
     * The database's part of the rotation, at the very moment when Liquibase has recorded this changeset. What the function
     * says is drift, which a build shows: the password is not written in it.
     */
    const rotateAfter = (id: string, password: string) =>
        project.query(
            `CREATE FUNCTION rotate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
             BEGIN
                 EXECUTE format('ALTER ROLE ${users.migrator.name} PASSWORD %L',
                                convert_from('\\x${Buffer.from(password).toString("hex")}', 'UTF8'));
                 RETURN NULL;
             END $$;
             CREATE TRIGGER rotate AFTER INSERT ON databasechangelog FOR EACH ROW WHEN (NEW.id = '${id}')
             EXECUTE FUNCTION rotate()`,
        );

    it("deploys the plan that was made before it", async () => {
        await run("plan", 0);
        const approved = project.approve();
        await setSecret("second password", "AWSCURRENT");
        await setDatabase("second password");
        await run("deploy", 0, { CODEBUILD_SRC_DIR_Plan: approved });
        assert.equal(project.deployment().status, "Succeeded");
    });

    it("goes on between two Liquibase commands, with the version that is still pending", async () => {
        await setSecret("second password", "AWSPENDING");
        // The release's tag is one command, its changesets are the next one.
        await rotateAfter(project.releaseId, "second password");
        await run("deploy", 0);
        assert.deepEqual(
            project.deployment().changesets.map(({ id, status }) => [id, status]),
            [["one", "Applied"]],
        );
        const { SecretString: current } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
        assert.equal(current, text(users.migrator.password));
    });

    it("checks and undoes an update that it came in the midst of", async () => {
        await setSecret("second password", "AWSCURRENT");
        await rotateAfter("one", "second password");
        project.write({ "verify/never.sql": "-- check: never\nSELECT count(*) > 0 FROM one;\n" });
        const output = await run("deploy", 1);
        assert.match(output, /never \(verify\/never\.sql\): is false/);
        assert.match(output, /The database is as it was before release-\S+\. Its catalog is the same as before/);
    });

    it("names the secret that the database does not know, and applies nothing", async () => {
        await setSecret("second password", "AWSCURRENT");
        await setDatabase("third password");
        const output = await run("deploy", 2);
        assert.match(
            output,
            /^AP1201: No connection to app_\d+ on localhost:\d+ as app_\d+_migrator: password authentication/m,
        );
        assert.ok(output.includes(`The secret ${arn} was read again, and its current value is rejected too.`), output);
        assert.ok(!(await project.tables()).includes("one"));
    });

    it("names the secret that it may not read", async () => {
        await setDatabase("second password");
        const output = await run("deploy", 2, { DB_SECRET_ARN: `${arn}-another` });
        assert.match(output, /The secret arn:\S+-another could not be read again: .*\. Was it rotated\?/);
    });

    it("names the secret that is lost in the midst of it, and what is in the database", async () => {
        await rotateAfter(project.releaseId, "third password");
        const output = await run("deploy", 1);
        assert.match(output, /^AP1201: No connection to \S+ on \S+ as \S+: password authentication failed/m);
        assert.ok(output.includes(`The secret ${arn} was read again`), output);
        assert.deepEqual(
            project.deployment().changesets.map(({ id }) => id),
            [],
        );
    });

    it("begins with a bootstrap that does not undo one under way, but one that was lost", async () => {
        const bootstrap = () => {
            const { DB_USERNAME: _, DB_PASSWORD: __, DB_SECRET_ARN: ___, ...aws } = environment();
            return users.bootstrap(0, { ...aws, BOOTSTRAP_MIGRATOR_SECRET_ARN: arn });
        };
        await setSecret("second password", "AWSPENDING");
        await setDatabase("second password");
        assert.match(await bootstrap(), /nothing to do/);
        await setSecret("third password", "AWSCURRENT");
        await setDatabase("lost");
        assert.match(await bootstrap(), /set the password of app_\d+_migrator to that of its secret/);
        await (await users.connect({ ...users.migrator, password: "third password" })).end();
    });
});
