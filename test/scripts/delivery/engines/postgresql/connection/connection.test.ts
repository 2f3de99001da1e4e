import * as assert from "node:assert/strict";
import { readSettings } from "../../../../../../scripts/delivery/input/settings";
import { jdbcUrl } from "../../../../../../scripts/delivery/engines/postgresql/connection/jdbc";

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
        assert.equal(
            jdbcUrl(settings, { socketFactory }),
            "jdbc:postgresql://db.example.com:15432/my%20app?sslmode=verify-full&sslrootcert=%2Fca%20bundle.pem" +
                "&ApplicationName=release-abcdef0-01234567&targetServerType=primary&socketFactory=aurorapipeline.Sockets" +
                "&tcpKeepAlive=true&connectTimeout=60&loginTimeout=60&sslResponseTimeout=60000&cancelSignalTimeout=10" +
                "&options=-c%20client_connection_check_interval%3D2s%20-c%20tcp_keepalives_idle%3D30" +
                "%20-c%20tcp_keepalives_interval%3D10%20-c%20tcp_keepalives_count%3D3%20-c%20tcp_user_timeout%3D60000",
        );
        // The planner reads only, on a writer as well: the driver would take any server for a reader.
        assert.doesNotMatch(jdbcUrl({ ...settings, action: "plan" }, { socketFactory }), /targetServerType/);
        // The driver looks for the primary before it makes the session read-only.
        assert.match(jdbcUrl(settings, { readOnly: true, socketFactory }), /targetServerType=primary&readOnly=true&/);
        assert.doesNotMatch(jdbcUrl(settings, { socketFactory }), /readOnly/);
    });
});
