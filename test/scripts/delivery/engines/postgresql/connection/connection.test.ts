import * as assert from "node:assert/strict";
import { readSettings } from "../../../../../../scripts/delivery/input/settings";
import { jdbcConnection } from "../../../../../../scripts/delivery/engines/postgresql/connection/jdbc";

const socketFactory = "aurorapipeline.Sockets";

describe("the JDBC connection", () => {
    it("verifies the server in full, names the release, and carries no credential", () => {
        const settings = readSettings(
            "deploy",
            {
                CODEBUILD_SRC_DIR: "/src",
                DB_ENGINE: "aurora-postgresql",
                DB_HOST: "db.example.com",
                DB_PORT: "15432",
                DB_NAME: "my app",
                DB_USERNAME: "owner",
                DB_PASSWORD: "s3cret",
                MIGRATIONS_DIRECTORY: "migrations",
                ENVIRONMENT_NAME: "dev",
                PIPELINE_EXECUTION_ID: "0123456789ab",
                SOURCE_REVISION: "abcdef0123456789",
                PGSSLROOTCERT: "/ca bundle.pem",
            },
            "/toolchain",
        );
        assert.deepEqual(jdbcConnection(settings, { socketFactory }), {
            // Without parameters: see JdbcConnection.
            url: "jdbc:postgresql://db.example.com:15432/my%20app",
            properties: {
                sslmode: "verify-full",
                sslrootcert: "/ca bundle.pem",
                ApplicationName: "release-abcdef0-01234567",
                targetServerType: "primary",
                socketFactory: "aurorapipeline.Sockets",
                tcpKeepAlive: "true",
                connectTimeout: "60",
                loginTimeout: "60",
                sslResponseTimeout: "60000",
                cancelSignalTimeout: "10",
                options:
                    "-c client_connection_check_interval=2s -c tcp_keepalives_idle=30" +
                    " -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=60000",
            },
        });
        // The planner reads only, on a writer as well: the driver would take any server for a reader.
        const planner = jdbcConnection({ ...settings, action: "plan" }, { socketFactory });
        assert.equal(planner.properties["targetServerType"], undefined);
        // The driver looks for the primary before it makes the session read-only.
        const reading = jdbcConnection(settings, { readOnly: true, socketFactory });
        assert.equal(reading.properties["targetServerType"], "primary");
        assert.equal(reading.properties["readOnly"], "true");
    });
});
